-- Everything decided about groups and letters besides their states, as the ledger tells it; emptied and rebuilt it holds
-- the same rows.

-- One ledger event. Events of one decision have one word in common, and are taken back together.
CREATE TABLE triage_event (
    seq         INTEGER PRIMARY KEY, -- of the ledger
    decision    TEXT    NOT NULL,
    at_ms       INTEGER NOT NULL,
    actor       TEXT    NOT NULL,    -- 'spillway' where a rule that a person set decided
    type        TEXT    NOT NULL,
    summary     TEXT    NOT NULL,    -- in words
    reason      TEXT,
    reverted_by INTEGER              -- seq of the event that took it back
) STRICT;
CREATE INDEX triage_event_decision ON triage_event (decision);

-- What an event is about: groups by the ids they had then, and letters that were named alone.
CREATE TABLE triage_subject (
    subject TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (subject, seq)
) STRICT, WITHOUT ROWID;

-- What a letter's decision was before an event changed it.
CREATE TABLE letter_past (
    seq          INTEGER NOT NULL,
    letter_id    TEXT    NOT NULL,
    triage_state TEXT,
    assignee     TEXT,
    triage_seq   INTEGER NOT NULL,
    PRIMARY KEY (seq, letter_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_past_letter ON letter_past (letter_id, seq);

-- Comments stay: no event takes one away.
CREATE TABLE triage_comment (
    seq     INTEGER PRIMARY KEY,
    subject TEXT    NOT NULL, -- a group's or a letter's id
    at_ms   INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    text    TEXT    NOT NULL
) STRICT;
CREATE INDEX triage_comment_subject ON triage_comment (subject, seq);

-- Tags, links, known errors, rules for archived letters. field: 'tag:WORD', 'link:URL', 'known', 'archive:DECISION'.
CREATE TABLE triage_mark (
    subject TEXT    NOT NULL,
    field   TEXT    NOT NULL,
    value   TEXT,             -- NULL: taken away
    seq     INTEGER NOT NULL, -- event that set it
    PRIMARY KEY (subject, field)
) STRICT, WITHOUT ROWID;
CREATE TABLE triage_mark_past (
    seq       INTEGER NOT NULL,
    subject   TEXT    NOT NULL,
    field     TEXT    NOT NULL,
    value     TEXT,
    value_seq INTEGER NOT NULL, -- 0: there was none
    PRIMARY KEY (seq, subject, field)
) STRICT, WITHOUT ROWID;

-- Decisions of earlier versions are applied once more, so that they have a past too.
UPDATE letter_decision SET triage_state = NULL, assignee = NULL, triage_seq = 0;
DELETE FROM projection WHERE name = 'deadletter.triage';
