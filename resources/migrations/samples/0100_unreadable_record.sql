-- Records of dead-letter topics that could not be decoded and were passed over: one row for each batch.
CREATE TABLE unreadable_record (
    cluster_id    TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    partition     INTEGER NOT NULL,
    from_offset   INTEGER NOT NULL,
    to_offset     INTEGER NOT NULL, -- the first one behind the batch
    noticed_at_ms INTEGER NOT NULL,
    connection    TEXT    NOT NULL, -- the workspace's name for the cluster then
    PRIMARY KEY (cluster_id, channel, partition, from_offset, noticed_at_ms)
) STRICT, WITHOUT ROWID;
