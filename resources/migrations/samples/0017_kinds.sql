-- Kinds that people and replays decide above the rules.
-- kind is what counts. rule_kind is what the rules said, where that is something else; NULL: the rules' word counts.
ALTER TABLE letter ADD COLUMN rule_kind TEXT;
ALTER TABLE letter ADD COLUMN replay_outcome TEXT; -- confirmed, failedAgain: how the letter's own replay ended
-- Who stands above the rules in this group: 'person:KIND', 'confirmed', 'failedAgain'; NULL: nobody.
ALTER TABLE letter_group ADD COLUMN kind_by TEXT;
UPDATE letter SET replay_outcome = (
    SELECT CASE d.replay_state WHEN 'resolved' THEN 'confirmed' WHEN 'failedAgain' THEN 'failedAgain' END
    FROM letter_channel c JOIN letter_decision d
    ON d.letter_id = printf('%s-%d-%d-%08x', c.tag, letter.partition, letter.offset, (letter.digest >> 32) & 4294967295)
    WHERE c.id = letter.channel_ref)
WHERE state IN ('resolved', 'failedAgain', 'archived', 'parked', 'assigned');
CREATE INDEX letter_outcome ON letter (group_ref, replay_outcome) WHERE replay_outcome IS NOT NULL;

-- The rules that stored letters were sorted by; letters up to sorted_to were. No row: those that were in use always.
CREATE TABLE kind_sorting (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    rules_digest BLOB    NOT NULL,
    sorted_to    INTEGER NOT NULL, -- row of table letter
    last_letter  INTEGER NOT NULL  -- younger ones were stored by these rules already
) STRICT;
