-- Consumer lag as it was sampled. Names stand once, in dictionaries; whatever does not change from sample to sample is not written
-- again: between two rows of a history the value stood still wherever lag_sample has a row.

-- A cluster as one connection sees it, and its newest sample.
CREATE TABLE lag_source (
    source_id          INTEGER PRIMARY KEY,
    cluster_id         TEXT    NOT NULL,
    connection         TEXT    NOT NULL,
    sample_interval_ms INTEGER NOT NULL,
    asked_at_ms        INTEGER,            -- when the newest sample was asked for; NULL: none yet
    taken_at_ms        INTEGER,            -- when its end offsets were received
    UNIQUE (cluster_id, connection)
) STRICT;

-- Every sample there was: a stretch without rows is a gap, not a zero.
CREATE TABLE lag_sample (
    source_id   INTEGER NOT NULL REFERENCES lag_source,
    taken_at_ms INTEGER NOT NULL,
    PRIMARY KEY (source_id, taken_at_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE lag_topic (
    topic_id  INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES lag_source,
    name      TEXT    NOT NULL,
    UNIQUE (source_id, name)
) STRICT;

CREATE TABLE lag_group (
    group_id  INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES lag_source,
    name      TEXT    NOT NULL,
    UNIQUE (source_id, name)
) STRICT;

CREATE TABLE lag_partition (
    partition_id       INTEGER PRIMARY KEY,
    topic_id           INTEGER NOT NULL REFERENCES lag_topic,
    number             INTEGER NOT NULL,
    life               INTEGER NOT NULL DEFAULT 1, -- grows when the topic was made anew under its name
    is_gone            INTEGER NOT NULL DEFAULT 0,
    log_start_offset   INTEGER,
    end_offset         INTEGER,                    -- NULL: the newest sample did not tell
    last_stable_offset INTEGER,
    answered_asked_ms  INTEGER,                    -- asking time of the last sample that told the end, where that is not the newest one
    UNIQUE (topic_id, number)
) STRICT;

-- "At at_ms the end was end_offset; unknown_before_ms earlier it had not yet been so." One row per change of the end.
CREATE TABLE lag_end (
    partition_id      INTEGER NOT NULL REFERENCES lag_partition,
    end_offset        INTEGER NOT NULL,
    at_ms             INTEGER NOT NULL,
    unknown_before_ms INTEGER,                     -- NULL: there was no sample before
    PRIMARY KEY (partition_id, end_offset)
) STRICT, WITHOUT ROWID;

-- One (group, partition) now.
CREATE TABLE lag_row (
    group_id         INTEGER NOT NULL REFERENCES lag_group,
    partition_id     INTEGER NOT NULL REFERENCES lag_partition,
    committed_offset INTEGER,                      -- NULL: never committed (or, in state unknown, not told)
    life             INTEGER NOT NULL,             -- the partition's life that the commit belongs to
    state            INTEGER NOT NULL,             -- 0 ok, 1 behind, 2 unknown, 3 neverCommitted, 4 blockedByTransaction, 5 rewound,
                                                   -- 6 stalled, 7 stopped, 8 topicRecreated, 9 topicGone, 10 lostToRetention
    unread_after_ms  INTEGER,                      -- the oldest unread message was appended after this; NULL: unknown, or nothing unread
    unread_before_ms INTEGER,                      -- and not after this
    caught_up_at_ms  INTEGER,                      -- last sample with nothing unread; NULL: never, or still so
    commits          BLOB    NOT NULL,             -- the newest commits, packed
    sampled_at_ms    INTEGER,                      -- NULL: in the newest sample; else the newest that told something of it
    PRIMARY KEY (group_id, partition_id)
) STRICT, WITHOUT ROWID;

-- What charts draw, written when it changes. topic_id 0 is the whole group.
CREATE TABLE lag_history (
    group_id           INTEGER NOT NULL REFERENCES lag_group,
    topic_id           INTEGER NOT NULL,
    at_ms              INTEGER NOT NULL,
    lag                INTEGER,                    -- sum over the partitions that are known; NULL: none is
    partitions_unknown INTEGER NOT NULL,
    time_lag_low_ms    INTEGER,
    time_lag_high_ms   INTEGER,
    PRIMARY KEY (group_id, topic_id, at_ms)
) STRICT, WITHOUT ROWID;
