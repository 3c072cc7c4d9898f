-- A lane looks for its next run among the few that have begun and at the front of the queue: each
-- is found without reading what else is open. The queue's instants are there to be counted.
DROP INDEX run_open;
CREATE INDEX run_queued ON run (binding_id, priority, seq, created_at) WHERE state = 'queued';
CREATE INDEX run_begun ON run (binding_id, next_at) WHERE state IN ('running', 'waiting');

-- A token is signed together with its end, so the end is part of its name; tickets of one time lie
-- together, and a commit writes one page for all of them.
CREATE TABLE ticket_new (
    void_at     INTEGER NOT NULL,
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    jti         TEXT NOT NULL,
    PRIMARY KEY (void_at, binding_id, jti)
) STRICT, WITHOUT ROWID;
INSERT INTO ticket_new (void_at, binding_id, jti) SELECT void_at, binding_id, jti FROM ticket;
DROP TABLE ticket;
ALTER TABLE ticket_new RENAME TO ticket;
