-- What brokers say about the topics that matter to dead letters, as it was asked last and as it changed.

CREATE TABLE broker_topic (
    id              INTEGER PRIMARY KEY,
    cluster_id      TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    connection      TEXT    NOT NULL, -- the workspace's name for the cluster now
    role            TEXT    NOT NULL, -- 'deadLetters', 'origin', 'event': why it is asked about, the first that fits
    is_named        INTEGER NOT NULL, -- it stands in the workspace by its name
    sampled_at_ms   INTEGER NOT NULL,
    is_there        INTEGER,          -- NULL: we may not see it
    partitions      INTEGER,          -- NULL: unknown
    retention_ms    INTEGER,          -- NULL: unknown; -1: no limit
    retention_bytes INTEGER,          -- of a partition; NULL: unknown; -1: no limit
    deletes         INTEGER,          -- cleanup.policy; NULL: unknown
    compacts        INTEGER,
    min_in_sync     INTEGER,
    failure         TEXT,             -- why something is unknown
    UNIQUE (cluster_id, name)
) STRICT;

-- The settings from a moment on. One row per change.
CREATE TABLE broker_topic_change (
    topic_id        INTEGER NOT NULL REFERENCES broker_topic,
    at_ms           INTEGER NOT NULL, -- of the sample that showed it
    is_there        INTEGER,
    partitions      INTEGER,
    retention_ms    INTEGER,
    retention_bytes INTEGER,
    deletes         INTEGER,
    compacts        INTEGER,
    min_in_sync     INTEGER,
    PRIMARY KEY (topic_id, at_ms)
) STRICT, WITHOUT ROWID;

-- Where a partition's log began and ended. One row per sample that differs from the one before.
CREATE TABLE broker_topic_log (
    topic_id   INTEGER NOT NULL REFERENCES broker_topic,
    partition  INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    log_start  INTEGER,               -- NULL: could not be asked
    end_offset INTEGER,
    size_bytes INTEGER,
    PRIMARY KEY (topic_id, partition, at_ms)
) STRICT, WITHOUT ROWID;

-- How long the brokers still hold the open letters of a channel, as of the last sample.
CREATE TABLE channel_outlook (
    channel_ref            INTEGER PRIMARY KEY,
    sampled_at_ms          INTEGER NOT NULL,
    open_letters           INTEGER NOT NULL,
    oldest_open_ms         INTEGER,
    next_loss_ms           INTEGER,          -- of those that are still there; NULL: none is lost by time, or unknown
    leaving_soon           INTEGER NOT NULL, -- open letters that the broker may delete within a day
    gone                   INTEGER NOT NULL, -- open letters that it has deleted; their bytes are here
    pointers               INTEGER NOT NULL, -- open letters whose payload is only at the origin
    next_origin_loss_ms    INTEGER,          -- of those pointers
    pointers_leaving_soon  INTEGER NOT NULL,
    pointers_gone          INTEGER NOT NULL
) STRICT;

-- How a channel's letters divide, as of the last sample.
CREATE TABLE channel_share (
    channel_ref INTEGER NOT NULL,
    of          TEXT    NOT NULL,            -- 'dialect' or 'origin'
    name        TEXT    NOT NULL,
    letters     INTEGER NOT NULL,
    PRIMARY KEY (channel_ref, of, name)
) STRICT, WITHOUT ROWID;
