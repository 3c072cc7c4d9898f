-- The key that a shop had before: good beside the present one until an instant, so that pairing
-- again causes no outage.
ALTER TABLE binding ADD COLUMN former_api_key_sealed BLOB;
ALTER TABLE binding ADD COLUMN former_api_key_until INTEGER;

-- Reference data is not read again before: one process at a time reads it, and a failure rests.
ALTER TABLE binding ADD COLUMN reference_next_at INTEGER NOT NULL DEFAULT 0;
