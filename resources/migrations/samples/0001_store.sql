-- How far each reader of a broker has come. Written in the transaction that stores what was read,
-- so that a kill neither counts a record twice nor drops one.
CREATE TABLE checkpoint (
    purpose     TEXT    NOT NULL, -- who reads: 'processing-log', 'dead-letters', …
    cluster_id  TEXT    NOT NULL,
    channel     TEXT    NOT NULL, -- topic or queue
    partition   INTEGER NOT NULL,
    next_offset INTEGER NOT NULL, -- the next offset to read
    last_digest INTEGER,          -- digest of the last record read, its 64 bits as a signed number; NULL: none was read yet
    PRIMARY KEY (purpose, cluster_id, channel, partition)
) STRICT, WITHOUT ROWID;

-- How far each projection of the ledger has come, in the transaction that changed the projection.
CREATE TABLE projection (
    name        TEXT    NOT NULL PRIMARY KEY,
    applied_seq INTEGER NOT NULL  -- the last ledger event that it contains
) STRICT, WITHOUT ROWID;
