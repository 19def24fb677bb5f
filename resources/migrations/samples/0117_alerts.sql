-- Alerts: what was observed to need somebody, from its beginning to its end.
CREATE TABLE alert_incident (
    id             TEXT    NOT NULL, -- 'a' and 12 hex digits: of cause and subject, so the same whenever it comes back
    opened_at_ms   INTEGER NOT NULL, -- first seen
    cause          TEXT    NOT NULL, -- cause and subject, with a colon between them
    rule           TEXT    NOT NULL, -- word of the rule that says the worst of it now
    severity       TEXT    NOT NULL, -- critical, warning, info
    place          INTEGER NOT NULL, -- in the ranking when it was last seen
    connection     TEXT    NOT NULL, -- where it was seen; empty: of no single connection
    team           TEXT,             -- NULL: nobody owns it
    summary        TEXT    NOT NULL,
    evidence       TEXT    NOT NULL,
    since_ms       INTEGER,          -- what the rule says of its beginning; NULL: it does not know
    until_ms       INTEGER,          -- when it gets worse; NULL: not known
    next_step      TEXT    NOT NULL, -- what to do, in words
    command        TEXT    NOT NULL, -- what does it in a shell
    screen         TEXT    NOT NULL, -- where the desktop does it
    filter         TEXT    NOT NULL,
    graded_at_ms   INTEGER NOT NULL, -- when it became as severe as it is
    seen_at_ms     INTEGER NOT NULL, -- last seen to be so severe, or worse
    fired_at_ms    INTEGER,          -- NULL: not long enough yet
    resolved_at_ms INTEGER,          -- NULL: it is open
    muted_by       TEXT,             -- id of the alert that explains it; NULL: none does
    PRIMARY KEY (id, opened_at_ms)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_incident_open ON alert_incident (place) WHERE resolved_at_ms IS NULL;
CREATE INDEX alert_incident_resolved ON alert_incident (resolved_at_ms) WHERE resolved_at_ms IS NOT NULL;

-- When alerts were looked for last: one row, none before the first time.
CREATE TABLE alert_evaluation (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    evaluated_at_ms INTEGER NOT NULL
) STRICT;

-- What people said of alerts: a projection of the ledger's alert.* events.
CREATE TABLE alert_decision (
    seq           INTEGER PRIMARY KEY, -- ledger event
    kind          TEXT    NOT NULL,    -- acknowledged, silenced
    at_ms         INTEGER NOT NULL,
    actor         TEXT    NOT NULL,
    alert         TEXT,                -- which one; NULL: of a silence, whichever
    rule          TEXT,                -- of a silence; NULL: whichever
    team          TEXT,
    connection    TEXT,
    until_ms      INTEGER,             -- NULL: until it is resolved
    reason        TEXT    NOT NULL,
    undone_seq    INTEGER,             -- ledger event that took it back; NULL: it stands
    undone_by     TEXT,
    undone_at_ms  INTEGER,
    undone_reason TEXT
) STRICT;
