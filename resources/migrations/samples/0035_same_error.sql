-- Whether a replay brought a letter back with the error that it had before.

-- How many replays in a row, the last first, ended with the same error as the letter that was replayed. NULL: it came
-- of no replay, or the ledger here does not know which letter it was.
ALTER TABLE letter ADD COLUMN same_error_replays INTEGER;
CREATE INDEX letter_same_error ON letter (group_ref) WHERE same_error_replays > 0;
-- From a letter that came back to the one that was replayed.
CREATE INDEX replay_item_of ON replay_item (job_id, replay_of);
