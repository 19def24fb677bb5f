-- How a topic packs what it stores: compression.type as the broker tells it; `producer`: as it was sent. NULL: unknown.

ALTER TABLE broker_topic ADD COLUMN compression TEXT;
