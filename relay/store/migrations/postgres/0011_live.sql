-- Since when plans of a binding are accepted; empty until somebody has gone live with it. Bindings that
-- stood before this column did send.
ALTER TABLE binding ADD COLUMN live_since BIGINT;
UPDATE binding SET live_since = created_at;
