-- What people do with documents that need them.

-- The number in the shop, by which people look for a document.
ALTER TABLE run ADD COLUMN increment_id TEXT;
CREATE INDEX run_by_increment_id ON run (binding_id, increment_id) WHERE increment_id IS NOT NULL;
CREATE INDEX run_by_entity ON run (binding_id, entity_id);

-- A document that is in Sage with another total was looked at and is right so.
ALTER TABLE run ADD COLUMN finding_accepted_at INTEGER;
CREATE INDEX run_failed ON run (binding_id, seq) WHERE state IN ('rejected', 'ambiguous');
CREATE INDEX run_finding ON run (binding_id, seq) WHERE finding IS NOT NULL;

-- People write names: what they write is sealed, and thrown away with the plan.
CREATE TABLE run_comment (
    comment_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    binding_id   TEXT NOT NULL REFERENCES binding (id),
    run_id       TEXT NOT NULL REFERENCES run (run_id),
    author       TEXT NOT NULL,
    text_sealed  BLOB NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX run_comment_by_run ON run_comment (run_id);

-- Filters of the history that somebody keeps.
CREATE TABLE saved_filter (
    account_id  TEXT NOT NULL REFERENCES account (account_id),
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    name        TEXT NOT NULL,
    query       TEXT NOT NULL,
    PRIMARY KEY (account_id, binding_id, name)
) STRICT, WITHOUT ROWID;
