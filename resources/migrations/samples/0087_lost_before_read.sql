-- Records of dead-letter topics that their broker deleted before they were read: one row for each gap between where reading
-- stood and where the log began then. Offsets of control, aborted and compacted records are among them.
CREATE TABLE lost_before_read (
    cluster_id    TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    partition     INTEGER NOT NULL,
    from_offset   INTEGER NOT NULL, -- the next one to read
    to_offset     INTEGER NOT NULL, -- the first one that was left
    noticed_at_ms INTEGER NOT NULL,
    connection    TEXT    NOT NULL, -- the workspace's name for the cluster then
    PRIMARY KEY (cluster_id, channel, partition, from_offset, noticed_at_ms)
) STRICT, WITHOUT ROWID;
