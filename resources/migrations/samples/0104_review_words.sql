-- A review's words stand in the history beside what they did to letters. The ledger's decisions are applied once more,
-- which changes nothing else, so that those of earlier versions stand there too.
DELETE FROM projection WHERE name = 'deadletter.triage';
