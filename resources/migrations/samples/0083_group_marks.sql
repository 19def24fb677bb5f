-- Merges, splits and what took them back are decisions like any other: in the history, with what was before, so that each
-- can be taken back. Where there were any, the ledger's decisions are applied once more.
CREATE INDEX triage_mark_past_subject ON triage_mark_past (subject, seq);

DELETE FROM triage_event     WHERE EXISTS (SELECT 1 FROM projection WHERE name = 'deadletter.groups');
DELETE FROM triage_subject   WHERE EXISTS (SELECT 1 FROM projection WHERE name = 'deadletter.groups');
DELETE FROM letter_past      WHERE EXISTS (SELECT 1 FROM projection WHERE name = 'deadletter.groups');
DELETE FROM triage_comment   WHERE EXISTS (SELECT 1 FROM projection WHERE name = 'deadletter.groups');
DELETE FROM triage_mark      WHERE EXISTS (SELECT 1 FROM projection WHERE name = 'deadletter.groups');
DELETE FROM triage_mark_past WHERE EXISTS (SELECT 1 FROM projection WHERE name = 'deadletter.groups');
UPDATE letter_decision SET triage_state = NULL, assignee = NULL, triage_seq = 0
 WHERE EXISTS (SELECT 1 FROM projection WHERE name = 'deadletter.groups');
DELETE FROM projection
 WHERE name = 'deadletter.triage' AND EXISTS (SELECT 1 FROM projection WHERE name = 'deadletter.groups');
