-- Pointers: letters whose payload stayed at their origin.

-- The origin's record, copied before it expires. The bytes are only here; that they were copied stands in the ledger too.
CREATE TABLE letter_rescue (
    letter_id     TEXT    NOT NULL PRIMARY KEY,
    topic         TEXT    NOT NULL,
    partition     INTEGER NOT NULL,
    offset        INTEGER NOT NULL,
    record_at_ms  INTEGER,          -- the record's timestamp
    digest        INTEGER NOT NULL, -- of the record, its 64 bits as a signed number
    rescued_at_ms INTEGER NOT NULL,
    event_seq     INTEGER,          -- NULL: its event is not in the ledger yet
    key           BLOB,
    value         BLOB,
    headers       BLOB    NOT NULL  -- as in letter_body
) STRICT;
CREATE INDEX letter_rescue_unrecorded ON letter_rescue (letter_id) WHERE event_seq IS NULL;

-- Pointers whose record was gone before it could be copied: they became lost once, by themselves. What a person makes of them
-- afterwards stays.
CREATE TABLE letter_origin_gone (
    letter_id TEXT    NOT NULL PRIMARY KEY,
    seq       INTEGER NOT NULL      -- ledger event
) STRICT, WITHOUT ROWID;
