-- Dead letters as they were read, what they tell, and what was decided about them.

-- A topic or queue of a cluster. Renaming a connection or creating the topic anew loses nothing.
CREATE TABLE letter_channel (
    id         INTEGER PRIMARY KEY,
    cluster_id TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    tag        TEXT    NOT NULL, -- first part of its letters' ids: 8 hex digits of cluster and name
    connection TEXT    NOT NULL, -- the workspace's name for the cluster now
    generation INTEGER NOT NULL, -- 1; one more each time the topic was found recreated
    UNIQUE (cluster_id, name)
) STRICT;
CREATE INDEX letter_channel_tag ON letter_channel (tag);

-- Letters of one fingerprint.
CREATE TABLE letter_group (
    id                  INTEGER PRIMARY KEY,
    group_id            TEXT    NOT NULL UNIQUE, -- 'g' and 12 hex digits
    fingerprint_version INTEGER NOT NULL,
    title               TEXT    NOT NULL,
    error_class         TEXT,
    event_type          TEXT,
    consumer            TEXT,
    team                TEXT,                    -- by the ownership file read last
    first_at_ms         INTEGER NOT NULL,        -- of its letters' moments
    last_at_ms          INTEGER NOT NULL,
    oldest_open_at_ms   INTEGER,                 -- NULL: none is open
    sample_message      TEXT                     -- of the letter stored last, cut
) STRICT;

-- How many letters a group has, so that no screen counts them.
CREATE TABLE letter_count (
    group_ref INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    assignee  TEXT    NOT NULL, -- '' is nobody
    letters   INTEGER NOT NULL,
    PRIMARY KEY (group_ref, kind, state, assignee)
) STRICT, WITHOUT ROWID;

-- What many letters have in common, once.
CREATE TABLE letter_facet (
    id                 INTEGER PRIMARY KEY,
    digest             BLOB    NOT NULL UNIQUE, -- SHA-256 of the columns below
    dialect            TEXT    NOT NULL,
    confidence         REAL    NOT NULL,
    origin_topic       TEXT,
    origin_is_internal INTEGER NOT NULL,
    consumer_group     TEXT,
    reported_class     TEXT,
    root_cause_class   TEXT,
    stage              TEXT
) STRICT;

CREATE TABLE letter (
    id                  INTEGER PRIMARY KEY, -- in the order in which they were stored
    channel_ref         INTEGER NOT NULL,
    generation          INTEGER NOT NULL,    -- of the channel when it was stored
    partition           INTEGER NOT NULL,
    offset              INTEGER NOT NULL,
    digest              INTEGER NOT NULL,    -- of the record, its 64 bits as a signed number
    group_ref           INTEGER NOT NULL,
    facet_ref           INTEGER NOT NULL,
    moment_ms           INTEGER NOT NULL,    -- dead_lettered_at_ms, else first_seen_at_ms: order and age
    first_seen_at_ms    INTEGER NOT NULL,
    dead_lettered_at_ms INTEGER,
    record_at_ms        INTEGER,             -- the record's timestamp
    timestamp_type      INTEGER NOT NULL,    -- 0 unknown, 1 create time, 2 log append time
    origin_partition    INTEGER,
    origin_offset       INTEGER,
    origin_at_ms        INTEGER,
    attempts            INTEGER,             -- deliveries
    size_bytes          INTEGER NOT NULL,    -- payload, key and headers
    is_pointer          INTEGER NOT NULL,
    kind                TEXT    NOT NULL,
    state               TEXT    NOT NULL,    -- projection of decisions and replays: see letter_decision
    assignee            TEXT,
    error_message       TEXT,
    replay_id           BLOB,                -- of the replay that this letter came out of
    replay_generation   INTEGER,
    replay_of           BLOB,
    stack_header        INTEGER,             -- place of the header that holds the stack
    stack_text          TEXT                 -- where it is no header
) STRICT;
CREATE UNIQUE INDEX letter_identity ON letter (channel_ref, partition, offset, digest);
CREATE INDEX letter_newest ON letter (moment_ms);
CREATE INDEX letter_of_group ON letter (group_ref, moment_ms);
CREATE INDEX letter_of_replay ON letter (replay_id) WHERE replay_id IS NOT NULL;

-- Bytes as the broker handed them over, apart from what is listed and counted.
-- headers: per header a varint of the name's length, the name, a varint of the value's length + 1 (0 is null), the value;
-- a varint has 7 bits a byte, lowest first, the high bit set on all but the last.
CREATE TABLE letter_body (
    letter_ref INTEGER PRIMARY KEY,
    key        BLOB,
    value      BLOB,
    headers    BLOB NOT NULL
) STRICT;

-- What people and replays decided, by letters' ids: a letter that is read again finds its decisions here.
-- The replay's word counts where its seq is the higher one.
CREATE TABLE letter_decision (
    letter_id    TEXT    NOT NULL PRIMARY KEY,
    triage_state TEXT,
    assignee     TEXT,
    triage_seq   INTEGER NOT NULL, -- ledger event that set it; 0: none did
    replay_state TEXT,             -- NULL: no replay decides
    replay_seq   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
