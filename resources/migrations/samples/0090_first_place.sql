-- Letters that failed again: where the copy lay that their consumer read. Their origin is the record as first published.
ALTER TABLE letter ADD COLUMN delivered_topic TEXT; -- NULL in all four: it came out of no replay, or does not tell
ALTER TABLE letter ADD COLUMN delivered_partition INTEGER;
ALTER TABLE letter ADD COLUMN delivered_offset INTEGER;
ALTER TABLE letter ADD COLUMN delivered_at_ms INTEGER;
CREATE INDEX letter_delivered ON letter (delivered_topic, delivered_partition, delivered_offset)
    WHERE delivered_topic IS NOT NULL;

-- How a channel's letters were read: letterReadingVersion. Of an older version they are read again, in the order of
-- their ids; those up to reread_to are done.
ALTER TABLE letter_channel ADD COLUMN reading INTEGER NOT NULL DEFAULT 1;
ALTER TABLE letter_channel ADD COLUMN reread_to INTEGER NOT NULL DEFAULT 0;
