-- What origins answered when they were asked for the timestamp of a record that a pointer points to without telling it.
CREATE TABLE origin_record_time (
    cluster_id   TEXT    NOT NULL,
    topic        TEXT    NOT NULL,
    partition    INTEGER NOT NULL,
    offset       INTEGER NOT NULL,
    record_at_ms INTEGER, -- NULL: it was asked, and there is no such record, or it has no timestamp
    asked_at_ms  INTEGER NOT NULL,
    PRIMARY KEY (cluster_id, topic, partition, offset)
) STRICT, WITHOUT ROWID;
