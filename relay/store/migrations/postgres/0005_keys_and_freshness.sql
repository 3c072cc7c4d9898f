-- The key that a shop had before: good beside the present one until an instant, so that pairing
-- again causes no outage.
ALTER TABLE binding ADD COLUMN former_api_key_sealed BYTEA;
ALTER TABLE binding ADD COLUMN former_api_key_until BIGINT;

-- Reference data is not read again before: one process at a time reads it, and a failure rests.
ALTER TABLE binding ADD COLUMN reference_next_at BIGINT NOT NULL DEFAULT 0;
