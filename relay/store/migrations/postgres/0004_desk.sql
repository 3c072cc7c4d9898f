-- What operators, settings, pushes and erasure need.

-- The tier of a binding; without one it has the default.
ALTER TABLE binding ADD COLUMN tier TEXT COLLATE "C";

-- Where states are pushed to, how far that got, and when it is tried again.
ALTER TABLE binding ADD COLUMN push_url TEXT COLLATE "C";
ALTER TABLE binding ADD COLUMN push_cursor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN push_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN push_next_at BIGINT NOT NULL DEFAULT 0;

-- Plan and requests of the run were thrown away.
ALTER TABLE run ADD COLUMN erased_at BIGINT;
CREATE INDEX run_unerased ON run (updated_at) WHERE erased_at IS NULL;
CREATE INDEX run_stuck ON run (state) WHERE state IN ('ambiguous', 'parked');

-- Who did what, for ever: ids and keys, never contents.
CREATE TABLE audit (
    audit_id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          BIGINT NOT NULL,
    actor       TEXT COLLATE "C" NOT NULL,
    binding_id  TEXT COLLATE "C",
    action      TEXT COLLATE "C" NOT NULL,
    subject     TEXT COLLATE "C" NOT NULL
);

-- Versions are never changed: the bytes that were digested are the bytes that are served.
CREATE TABLE settings (
    binding_id  TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    version     BIGINT NOT NULL CHECK (version >= 1),
    digest      TEXT COLLATE "C" NOT NULL,
    document    TEXT COLLATE "C" NOT NULL,
    author      TEXT COLLATE "C" NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (binding_id, version)
);

-- What the Sage business has, as last read.
CREATE TABLE reference_data (
    binding_id  TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    kind        TEXT COLLATE "C" NOT NULL,
    body        TEXT COLLATE "C" NOT NULL,
    fetched_at  BIGINT NOT NULL,
    PRIMARY KEY (binding_id, kind)
);

-- An operator may say what a key stands for: then no run stands behind it.
ALTER TABLE entity_xref ALTER COLUMN run_id DROP NOT NULL;
