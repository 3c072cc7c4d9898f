-- The history is read by time of arrival; each of its filters has an index of its own.
DROP INDEX run_by_binding;
CREATE INDEX run_by_arrival ON run (binding_id, created_at, seq);
CREATE INDEX run_by_event ON run (binding_id, (split_part(key, ':', 1)), created_at, seq);
CREATE INDEX run_by_total ON run (binding_id, expected_total, created_at, seq) WHERE expected_total IS NOT NULL;
CREATE INDEX run_by_reason ON run (binding_id, error_code, created_at, seq) WHERE error_code IS NOT NULL;
CREATE INDEX entity_xref_by_number ON entity_xref (binding_id, displayed_as) WHERE displayed_as IS NOT NULL;

-- One for each group of states that people look for; those that stand in Sage are most of all.
DROP INDEX run_attention;
DROP INDEX run_failed;
CREATE INDEX run_open ON run (binding_id, created_at, seq) WHERE state IN ('queued', 'running', 'waiting');
CREATE INDEX run_failed ON run (binding_id, created_at, seq, key, generation, error_code) WHERE state IN ('rejected', 'ambiguous');
CREATE INDEX run_held ON run (binding_id, created_at, seq) WHERE state = 'parked';
CREATE INDEX run_replaced ON run (binding_id, created_at, seq) WHERE state = 'superseded';
