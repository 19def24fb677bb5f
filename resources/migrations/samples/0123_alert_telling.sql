-- What teams were told of alerts by itself: a projection of the ledger's alert.told events.
CREATE TABLE alert_telling (
    alert        TEXT    NOT NULL,
    seq          INTEGER NOT NULL, -- ledger event; one tells a team of many alerts
    opened_at_ms INTEGER NOT NULL, -- of the incident that it was told of
    told_at_ms   INTEGER NOT NULL, -- when it was decided and queued
    team         TEXT,             -- NULL: nobody owns it
    stage        TEXT    NOT NULL, -- opened, worse, stillOpen, resolved
    severity     TEXT    NOT NULL,
    is_last      INTEGER NOT NULL, -- 1: the last that was told of this alert
    PRIMARY KEY (alert, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_telling_open ON alert_telling (alert) WHERE is_last = 1 AND stage <> 'resolved';
CREATE INDEX alert_telling_at ON alert_telling (told_at_ms);

-- The messages that tell it, one for each target.
CREATE TABLE alert_telling_message (
    seq     INTEGER NOT NULL,
    message TEXT    NOT NULL, -- id of a notification
    PRIMARY KEY (seq, message)
) STRICT, WITHOUT ROWID;

-- Whether the next step of an incident is a deed: to copy the payloads of pointers.
ALTER TABLE alert_incident ADD COLUMN rescues INTEGER NOT NULL DEFAULT 0;
