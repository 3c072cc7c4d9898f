-- A lane looks for its next run among the few that have begun and at the front of the queue: each
-- is found without reading what else is open. The queue's instants are there to be counted.
DROP INDEX run_open;
CREATE INDEX run_queued ON run (binding_id, priority, seq, created_at) WHERE state = 'queued';
CREATE INDEX run_begun ON run (binding_id, next_at) WHERE state IN ('running', 'waiting');
