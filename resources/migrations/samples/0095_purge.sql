-- Letters whose bytes were erased: a projection of the ledger's deadletter.purged events. What is read again finds its
-- letter here, and is stored without its bytes.
CREATE TABLE letter_purge (
    seq       INTEGER PRIMARY KEY,      -- ledger event that erased it
    letter_id TEXT    NOT NULL UNIQUE,
    at_ms     INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    reason    TEXT    NOT NULL
) STRICT;

ALTER TABLE letter ADD COLUMN purge_seq INTEGER; -- NULL: its bytes are here
