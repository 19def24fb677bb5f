-- A letter is what the newest decision that stands makes of it. So it is known of each event which letters it decided on
-- and what it made of them, and not what they were before: an undo that is taken back itself finds its way then, and
-- so do decisions that are taken back in another order than they were made in.
DROP TABLE letter_past;
CREATE TABLE letter_past (
    seq       INTEGER NOT NULL, -- of the ledger
    letter_id TEXT    NOT NULL,
    PRIMARY KEY (seq, letter_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_past_letter ON letter_past (letter_id, seq);

-- What an event made of its letters.
CREATE TABLE triage_effect (
    seq      INTEGER PRIMARY KEY, -- of the ledger
    state    TEXT NOT NULL,
    assignee TEXT                 -- NULL: left as it was; empty: nobody
) STRICT;

-- What an undo took back, for when it is taken back itself.
CREATE INDEX triage_event_reverted ON triage_event (reverted_by) WHERE reverted_by IS NOT NULL;

-- The ledger's decisions are applied once more.
DELETE FROM triage_event;
DELETE FROM triage_subject;
DELETE FROM triage_comment;
DELETE FROM triage_mark;
DELETE FROM triage_mark_past;
UPDATE letter_decision SET triage_state = NULL, assignee = NULL, triage_seq = 0;
DELETE FROM projection WHERE name = 'deadletter.triage';
