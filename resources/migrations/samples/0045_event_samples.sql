-- What the newest records of an event's topic look like: how large they are, by event type. Their content is not kept.
CREATE TABLE event_sample (
    cluster_id    TEXT    NOT NULL,
    topic         TEXT    NOT NULL,
    event_type    TEXT    NOT NULL, -- '': the records do not tell
    connection    TEXT    NOT NULL, -- the workspace's name for the cluster now
    sampled_at_ms INTEGER NOT NULL,
    records       INTEGER NOT NULL, -- looked at
    payload_bytes INTEGER NOT NULL, -- of all of them
    largest_bytes INTEGER NOT NULL,
    PRIMARY KEY (cluster_id, topic, event_type)
) STRICT, WITHOUT ROWID;

-- Topics as far as they were sampled, so that what stands still is not read again.
CREATE TABLE event_sample_topic (
    cluster_id    TEXT    NOT NULL,
    topic         TEXT    NOT NULL,
    ends          INTEGER NOT NULL, -- sum of the partitions' end offsets
    sampled_at_ms INTEGER NOT NULL,
    PRIMARY KEY (cluster_id, topic)
) STRICT, WITHOUT ROWID;

-- Every topic of a cluster, by its name.
CREATE TABLE cluster_topic (
    cluster_id    TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    connection    TEXT    NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    seen_at_ms    INTEGER NOT NULL, -- the sample that saw it last
    PRIMARY KEY (cluster_id, name)
) STRICT, WITHOUT ROWID;

-- Day by day, what the scorecard measured: one row per item and scope, the day's last.
CREATE TABLE scorecard_day (
    day     INTEGER NOT NULL,       -- days since 1970, UTC
    phase   INTEGER NOT NULL,
    item    TEXT    NOT NULL,
    scope   TEXT    NOT NULL,
    value   REAL,                   -- NULL: not known
    met     INTEGER NOT NULL,
    PRIMARY KEY (day, phase, item, scope)
) STRICT, WITHOUT ROWID;
