-- A letter is in few jobs: its items are found by the letter alone. With the seq in the index each step of a replay
-- moved an entry for each message.

DROP INDEX replay_item_letter;
CREATE INDEX replay_item_letter ON replay_item (letter_id);
