-- Letters that came back from a replay, and what waits for the letter that was replayed.

-- From the replayed letter's item to what came back of it.
DROP INDEX letter_of_replay;
CREATE INDEX letter_of_replay ON letter (replay_id, replay_of) WHERE replay_id IS NOT NULL;
-- Stored before the letter that was replayed: partitions are read in any order.
CREATE INDEX letter_waits ON letter (replay_id) WHERE replay_id IS NOT NULL AND same_error_replays IS NULL;
