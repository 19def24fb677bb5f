-- What consumers logged about their work: each record small and exact, and sums of them so that no screen reads records one by one.

-- A consumer of an event, as the log names it.
CREATE TABLE processing_pair (
    pair_id          INTEGER PRIMARY KEY,
    consumer_service TEXT    NOT NULL,
    event_type       TEXT    NOT NULL,
    target_ms        REAL,                -- the promise that the sums were made with; NULL: none
    UNIQUE (consumer_service, event_type)
) STRICT;

-- Records, in the order of their time. Equal ones are one row with a count.
CREATE TABLE processing_record (
    processed_at_ms INTEGER NOT NULL,
    pair_id         INTEGER NOT NULL REFERENCES processing_pair,
    latency_ms      REAL    NOT NULL,     -- as the record's number reads, untruncated
    status          INTEGER NOT NULL,     -- 0 success, 1 failed, 2 dlq
    records         INTEGER NOT NULL,
    PRIMARY KEY (processed_at_ms, pair_id, latency_ms, status)
) STRICT, WITHOUT ROWID;

-- Sums over stretches of time, each level over all of time: 0 ten minutes, 1 two hours, 2 a day (UTC). A late record goes to its own.
CREATE TABLE processing_sum (
    level          INTEGER NOT NULL,
    start_ms       INTEGER NOT NULL,
    pair_id        INTEGER NOT NULL REFERENCES processing_pair,
    total          INTEGER NOT NULL,
    succeeded      INTEGER NOT NULL,
    within_target  INTEGER NOT NULL,      -- latency <= target; 0 without a target
    good           INTEGER NOT NULL,      -- succeeded and within target
    min_latency_ms REAL    NOT NULL,
    max_latency_ms REAL    NOT NULL,
    histogram      BLOB    NOT NULL,      -- base-2 exponential, scale 5, packed
    PRIMARY KEY (level, start_ms, pair_id)
) STRICT, WITHOUT ROWID;

-- Records that could not be read: how many, and the newest of them with their places.
CREATE TABLE processing_unreadable (
    unreadable_id  INTEGER PRIMARY KEY,
    cluster_id     TEXT    NOT NULL,
    channel        TEXT    NOT NULL,
    partition      INTEGER NOT NULL,
    record_offset  INTEGER NOT NULL,
    seen_at_ms     INTEGER NOT NULL,
    size_bytes     INTEGER NOT NULL,
    reason         TEXT    NOT NULL,
    sample         BLOB    NOT NULL       -- its first bytes
) STRICT;
CREATE TABLE processing_count (
    cluster_id TEXT    NOT NULL,
    channel    TEXT    NOT NULL,
    records    INTEGER NOT NULL,          -- read and counted
    unreadable INTEGER NOT NULL,
    PRIMARY KEY (cluster_id, channel)
) STRICT, WITHOUT ROWID;
