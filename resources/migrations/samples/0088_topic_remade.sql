-- A topic that was deleted and made anew under its name: a place that a letter named before is no longer what it was.

-- The last sample that still showed the topic before; NULL: it was never seen made anew.
ALTER TABLE broker_topic ADD COLUMN remade_after_ms INTEGER;
