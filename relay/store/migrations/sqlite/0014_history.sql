-- The history is read by time of arrival; each of its filters has an index of its own.
DROP INDEX run_by_binding;
CREATE INDEX run_by_arrival ON run (binding_id, created_at, seq);
CREATE INDEX run_by_event ON run (binding_id, substr(key, 1, instr(key, ':') - 1), created_at, seq);
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

-- How many rows fit a value of each index, as in a large store: without it SQLite takes any index
-- that begins with binding_id for as good as any other, and reads all runs to find the open ones.
-- Set once instead of measured, so that a query is answered the same way on every day.
ANALYZE binding;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('run', 'sqlite_autoindex_run_1', '1000000 1'),
    ('run', 'sqlite_autoindex_run_2', '1000000 100000 2 1'),
    ('run', 'run_by_arrival', '1000000 100000 2 1'),
    ('run', 'run_by_event', '1000000 100000 25000 2 1'),
    ('run', 'run_by_total', '1000000 100000 50 2 1'),
    ('run', 'run_by_reason', '10000 1000 100 2 1'),
    ('run', 'run_by_increment_id', '1000000 100000 2'),
    ('run', 'run_by_entity', '1000000 100000 2'),
    ('run', 'run_queued', '200 100 50 1 1'),
    ('run', 'run_begun', '20 10 1'),
    ('run', 'run_open', '200 100 2 1'),
    ('run', 'run_failed', '1000 100 2 1 1 1 1'),
    ('run', 'run_held', '100 10 2 1'),
    ('run', 'run_replaced', '20000 2000 2 1'),
    ('run', 'run_finding', '100 10 1'),
    ('run', 'run_stuck', '1000 500'),
    ('run', 'run_unerased', '100000 2'),
    ('run_key', 'run_key', '2000000 200000 10 5 1'),
    ('run_key', 'run_key_by_run', '2000000 2 1'),
    ('entity_xref', 'entity_xref', '1000000 100000 1'),
    ('entity_xref', 'entity_xref_by_number', '1000000 100000 1'),
    ('entity_xref', 'entity_xref_by_sage_id', '1000000 100000 50000 1');
ANALYZE sqlite_schema;
