-- The append-only, hash-chained log of decisions. Nothing here is ever changed or removed; an event's type and body keep their
-- meaning, and a new form is a new type.
CREATE TABLE event (
    seq           INTEGER PRIMARY KEY CHECK (seq > 0),
    at_ms         INTEGER NOT NULL,
    actor         TEXT    NOT NULL,
    type          TEXT    NOT NULL CHECK (type <> ''),
    body          TEXT    NOT NULL CHECK (body LIKE '{%}'), -- a JSON object, byte for byte as it was hashed
    previous_hash BLOB    NOT NULL CHECK (length(previous_hash) = 32),
    hash          BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event BEGIN
    SELECT raise(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER event_is_not_removed BEFORE DELETE ON event BEGIN
    SELECT raise(ABORT, 'the ledger is append-only');
END;

-- INSERT OR REPLACE removes without asking the trigger above.
CREATE TRIGGER event_is_not_replaced BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE seq = new.seq) BEGIN
    SELECT raise(ABORT, 'the ledger is append-only');
END;
