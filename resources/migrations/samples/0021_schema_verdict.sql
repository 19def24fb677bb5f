-- What the event's schema said of a letter's payload when the letter was read.
ALTER TABLE letter ADD COLUMN schema_verdict TEXT;    -- valid, invalid, unknown; NULL: no schema, no payload, or not judged
ALTER TABLE letter ADD COLUMN schema_version INTEGER; -- of the schema that said so
