-- Replays as the ledger tells them: a projection of its replay.* events. Emptied and rebuilt it holds the same rows.
CREATE TABLE replay_plan (
    plan_id       TEXT    NOT NULL PRIMARY KEY,
    digest        TEXT    NOT NULL, -- SHA-256 of the sealed plan, 64 hex digits
    connection    TEXT    NOT NULL,
    query         TEXT    NOT NULL,
    messages      INTEGER NOT NULL,
    size_bytes    INTEGER NOT NULL,
    guarantee     TEXT    NOT NULL,
    planned_at_ms INTEGER NOT NULL,
    planned_by    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE replay_job (
    job_id           TEXT    NOT NULL PRIMARY KEY,
    plan_id          TEXT    NOT NULL UNIQUE, -- one plan, one job
    digest           TEXT    NOT NULL,
    connection       TEXT    NOT NULL,
    cluster_id       TEXT    NOT NULL,
    query            TEXT    NOT NULL,
    plan_ledger_seq  INTEGER NOT NULL, -- what others sent after it, this job skips
    guarantee        TEXT    NOT NULL,
    messages         INTEGER NOT NULL,
    size_bytes       INTEGER NOT NULL,
    targets          TEXT    NOT NULL, -- JSON array of topics
    strip_rules      TEXT    NOT NULL, -- JSON array of { names, prefixes }
    rate_per_second  INTEGER,          -- NULL: as fast as it goes
    canary           TEXT    NOT NULL, -- JSON array of the first steps' sizes
    settle_ms        INTEGER NOT NULL,
    stop_if          TEXT,
    reason           TEXT,
    created_by       TEXT    NOT NULL,
    created_at_ms    INTEGER NOT NULL,
    created_seq      INTEGER NOT NULL,
    state            TEXT    NOT NULL,
    detail           TEXT    NOT NULL, -- why it is in this state; empty: nothing to say
    started_at_ms    INTEGER,
    finished_at_ms   INTEGER,
    cancel_requested INTEGER NOT NULL,
    last_batch       INTEGER NOT NULL,
    sent             INTEGER NOT NULL,
    confirmed        INTEGER NOT NULL,
    failed_again     INTEGER NOT NULL,
    skipped          INTEGER NOT NULL,
    verified_once    INTEGER,          -- NULL: not verified yet
    missing          INTEGER,
    doubled          INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX replay_job_newest ON replay_job (created_seq DESC);

-- Ends of the targets before anything was sent: where verification starts to read.
CREATE TABLE replay_target_end (
    job_id      TEXT    NOT NULL,
    topic       TEXT    NOT NULL,
    partition   INTEGER NOT NULL,
    next_offset INTEGER NOT NULL,
    PRIMARY KEY (job_id, topic, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE replay_step (
    job_id        TEXT    NOT NULL,
    step          INTEGER NOT NULL, -- 1, 2, …
    settled_at_ms INTEGER NOT NULL,
    sent          INTEGER NOT NULL,
    confirmed     INTEGER NOT NULL,
    failed_again  INTEGER NOT NULL,
    PRIMARY KEY (job_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE replay_item (
    job_id           TEXT    NOT NULL,
    item             INTEGER NOT NULL, -- index in the plan: 0, 1, …
    letter_id        TEXT    NOT NULL,
    channel          TEXT    NOT NULL,
    partition        INTEGER NOT NULL,
    offset           INTEGER NOT NULL,
    digest           INTEGER NOT NULL, -- its 64 bits as a signed number
    size_bytes       INTEGER NOT NULL,
    target           TEXT    NOT NULL,
    target_partition INTEGER,          -- NULL: by key
    generation       INTEGER NOT NULL,
    replay_of        BLOB    NOT NULL, -- value of the header spillway-replay-of
    consumer_group   TEXT,
    strip_rule       INTEGER NOT NULL,
    status           TEXT    NOT NULL, -- 'pending', 'intended' (in doubt until told otherwise), 'sent', 'skipped'
    status_seq       INTEGER NOT NULL, -- ledger event that set it
    skip_reason      TEXT,
    landed_topic     TEXT,             -- NULL: not sent, or not found again
    landed_partition INTEGER,
    landed_offset    INTEGER,
    outcome          TEXT,             -- 'confirmed', 'failedAgain', 'unknown'; NULL: nobody has looked
    PRIMARY KEY (job_id, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX replay_item_letter ON replay_item (letter_id, status_seq);
