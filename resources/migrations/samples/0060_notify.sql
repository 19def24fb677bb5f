-- What people are told: a projection of the ledger's notify.* events.
CREATE TABLE notification (
    id            TEXT    NOT NULL PRIMARY KEY, -- of message and target: the same message is never queued twice
    seq           INTEGER NOT NULL,             -- ledger event that queued it
    queued_at_ms  INTEGER NOT NULL,
    queued_by     TEXT    NOT NULL,
    occasion      TEXT    NOT NULL,             -- in words: `schema order.created v3`
    target        TEXT    NOT NULL,             -- name in spillway.yaml
    kind          TEXT    NOT NULL,             -- slack, webhook
    team          TEXT    NOT NULL,
    channel       TEXT    NOT NULL,             -- empty: none is named
    body          BLOB    NOT NULL,             -- exactly what is posted
    state         TEXT    NOT NULL,             -- queued, sending, delivered, failed, inDoubt
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_at_ms    INTEGER,                      -- of queued: not before; NULL: at once
    is_limited    INTEGER NOT NULL DEFAULT 0,   -- the target asked us to wait until then: this concerns all its messages
    http_status   INTEGER,                      -- of the last answer; NULL: there was none
    detail        TEXT    NOT NULL DEFAULT '',
    settled_at_ms INTEGER
) STRICT;
CREATE INDEX notification_open ON notification (seq) WHERE state IN ('queued', 'sending');
