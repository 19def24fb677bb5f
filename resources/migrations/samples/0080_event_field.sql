-- What the top-level fields of a topic's newest JSON payloads take, to see which of them nobody reads. Names only, and
-- only of fields that many records have: keys of maps stay out.

CREATE TABLE event_field (
    cluster_id TEXT    NOT NULL,
    topic      TEXT    NOT NULL,
    field      TEXT    NOT NULL,
    payloads   INTEGER NOT NULL, -- that were looked at
    bytes      REAL    NOT NULL, -- a payload, on average
    PRIMARY KEY (cluster_id, topic, field)
) STRICT, WITHOUT ROWID;
