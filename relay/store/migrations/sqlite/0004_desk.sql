-- What operators, settings, pushes and erasure need.

-- The tier of a binding; without one it has the default.
ALTER TABLE binding ADD COLUMN tier TEXT;

-- Where states are pushed to, how far that got, and when it is tried again.
ALTER TABLE binding ADD COLUMN push_url TEXT;
ALTER TABLE binding ADD COLUMN push_cursor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN push_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN push_next_at INTEGER NOT NULL DEFAULT 0;

-- Plan and requests of the run were thrown away.
ALTER TABLE run ADD COLUMN erased_at INTEGER;
CREATE INDEX run_unerased ON run (updated_at) WHERE erased_at IS NULL;
CREATE INDEX run_stuck ON run (state) WHERE state IN ('ambiguous', 'parked');

-- Who did what, for ever: ids and keys, never contents.
CREATE TABLE audit (
    audit_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    binding_id  TEXT,
    action      TEXT NOT NULL,
    subject     TEXT NOT NULL
) STRICT;

-- Versions are never changed: the bytes that were digested are the bytes that are served.
CREATE TABLE settings (
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    version     INTEGER NOT NULL CHECK (version >= 1),
    digest      TEXT NOT NULL,
    document    TEXT NOT NULL,
    author      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (binding_id, version)
) STRICT, WITHOUT ROWID;

-- What the Sage business has, as last read.
CREATE TABLE reference_data (
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL,
    fetched_at  INTEGER NOT NULL,
    PRIMARY KEY (binding_id, kind)
) STRICT, WITHOUT ROWID;

-- An operator may say what a key stands for: then no run stands behind it.
CREATE TABLE entity_xref_new (
    binding_id    TEXT NOT NULL REFERENCES binding (id),
    xref_key      TEXT NOT NULL,
    resource      TEXT NOT NULL,
    sage_id       TEXT NOT NULL,
    displayed_as  TEXT,
    total         TEXT,
    currency      TEXT,
    -- Keyed hash of the e-mail the object was verified against; never the e-mail.
    match_tag     TEXT,
    adopted       INTEGER NOT NULL CHECK (adopted IN (0, 1)),
    run_id        TEXT REFERENCES run (run_id),
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (binding_id, xref_key)
) STRICT, WITHOUT ROWID;
INSERT INTO entity_xref_new SELECT * FROM entity_xref;
DROP TABLE entity_xref;
ALTER TABLE entity_xref_new RENAME TO entity_xref;
CREATE INDEX entity_xref_by_sage_id ON entity_xref (binding_id, resource, sage_id);
