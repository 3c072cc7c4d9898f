-- People who use the dashboard: contracts, section 10. Names and addresses are sealed; an address is
-- found by a keyed hash of it.

CREATE TABLE account (
    account_id       TEXT PRIMARY KEY,
    email_tag        TEXT NOT NULL UNIQUE,
    email_sealed     BLOB NOT NULL,
    name_sealed      BLOB NOT NULL,
    -- A PHC string of argon2id; empty until the person has chosen a password.
    password_hash    TEXT NOT NULL,
    -- The secret of the second factor, and the last time step that it was used for.
    totp_sealed      BLOB,
    totp_step        INTEGER NOT NULL DEFAULT 0,
    created_at       INTEGER NOT NULL,
    disabled_at      INTEGER,
    last_sign_in_at  INTEGER
) STRICT, WITHOUT ROWID;

-- An empty binding_id stands for every binding, also one that is set up later.
CREATE TABLE account_role (
    account_id  TEXT NOT NULL REFERENCES account (account_id),
    binding_id  TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('administrator', 'operator', 'accountant')),
    PRIMARY KEY (account_id, binding_id)
) STRICT, WITHOUT ROWID;

-- The browser holds a token, the database its hash.
CREATE TABLE account_session (
    token_hash  TEXT PRIMARY KEY,
    account_id  TEXT NOT NULL REFERENCES account (account_id),
    begun_at    INTEGER NOT NULL,
    idle_until  INTEGER NOT NULL,
    ends_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX account_session_by_account ON account_session (account_id);

-- Links that are good once: for the first account, which is nobody's yet, and to choose a password.
CREATE TABLE account_link (
    token_hash  TEXT PRIMARY KEY,
    purpose     TEXT NOT NULL CHECK (purpose IN ('first_account', 'password')),
    account_id  TEXT REFERENCES account (account_id),
    ends_at     INTEGER NOT NULL,
    CHECK ((purpose = 'first_account') = (account_id IS NULL))
) STRICT, WITHOUT ROWID;

-- Attempts to sign in, by keyed hashes of account and address.
CREATE TABLE sign_in_attempts (
    subject   TEXT PRIMARY KEY,
    attempts  INTEGER NOT NULL,
    until     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A consent at Sage that is under way: from the way to Sage until the business is chosen.
CREATE TABLE consent (
    state_hash      TEXT PRIMARY KEY,
    account_id      TEXT NOT NULL REFERENCES account (account_id),
    -- The binding to connect again; none for a new one.
    binding_id      TEXT REFERENCES binding (id),
    verifier_sealed BLOB NOT NULL,
    -- What the code was exchanged for, and the businesses it covers.
    refresh_sealed  BLOB,
    businesses      BLOB,
    answered_at     INTEGER,
    ends_at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is entered once for the whole relay, sealed: its registration at Sage.
CREATE TABLE relay_secret (
    name        TEXT PRIMARY KEY,
    sealed      BLOB NOT NULL,
    changed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The dashboard pages through the runs of a binding, and most often through those that need somebody.
CREATE INDEX run_by_binding ON run (binding_id, seq);
CREATE INDEX run_attention ON run (binding_id, seq) WHERE state IN ('rejected', 'ambiguous', 'parked');
CREATE INDEX audit_by_binding ON audit (binding_id, audit_id);
