-- How long the newest records of an event's topic are with key and headers, and how small codecs make their payloads.

ALTER TABLE event_sample ADD COLUMN record_bytes INTEGER; -- of all records looked at; NULL: sampled before it was kept

CREATE TABLE event_packing (
    cluster_id TEXT    NOT NULL,
    topic      TEXT    NOT NULL,
    connection TEXT    NOT NULL, -- the workspace's name for the cluster now
    codec      TEXT    NOT NULL, -- as in compression.type
    payloads   INTEGER NOT NULL, -- that were packed
    share      REAL    NOT NULL, -- packed bytes / bytes
    PRIMARY KEY (cluster_id, topic, codec)
) STRICT, WITHOUT ROWID;
