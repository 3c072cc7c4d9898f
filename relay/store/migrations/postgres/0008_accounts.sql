-- People who use the dashboard: contracts, section 10. Names and addresses are sealed; an address is
-- found by a keyed hash of it.

CREATE TABLE account (
    account_id       TEXT COLLATE "C" PRIMARY KEY,
    email_tag        TEXT COLLATE "C" NOT NULL UNIQUE,
    email_sealed     BYTEA NOT NULL,
    name_sealed      BYTEA NOT NULL,
    -- A PHC string of argon2id; empty until the person has chosen a password.
    password_hash    TEXT COLLATE "C" NOT NULL,
    -- The secret of the second factor, and the last time step that it was used for.
    totp_sealed      BYTEA,
    totp_step        BIGINT NOT NULL DEFAULT 0,
    created_at       BIGINT NOT NULL,
    disabled_at      BIGINT,
    last_sign_in_at  BIGINT
);

-- An empty binding_id stands for every binding, also one that is set up later.
CREATE TABLE account_role (
    account_id  TEXT COLLATE "C" NOT NULL REFERENCES account (account_id),
    binding_id  TEXT COLLATE "C" NOT NULL,
    role        TEXT COLLATE "C" NOT NULL CHECK (role IN ('administrator', 'operator', 'accountant')),
    PRIMARY KEY (account_id, binding_id)
);

-- The browser holds a token, the database its hash.
CREATE TABLE account_session (
    token_hash  TEXT COLLATE "C" PRIMARY KEY,
    account_id  TEXT COLLATE "C" NOT NULL REFERENCES account (account_id),
    begun_at    BIGINT NOT NULL,
    idle_until  BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL
);

CREATE INDEX account_session_by_account ON account_session (account_id);

-- Links that are good once: for the first account, which is nobody's yet, and to choose a password.
CREATE TABLE account_link (
    token_hash  TEXT COLLATE "C" PRIMARY KEY,
    purpose     TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('first_account', 'password')),
    account_id  TEXT COLLATE "C" REFERENCES account (account_id),
    ends_at     BIGINT NOT NULL,
    CHECK ((purpose = 'first_account') = (account_id IS NULL))
);

-- Attempts to sign in, by keyed hashes of account and address.
CREATE TABLE sign_in_attempts (
    subject   TEXT COLLATE "C" PRIMARY KEY,
    attempts  BIGINT NOT NULL,
    until     BIGINT NOT NULL
);

-- A consent at Sage that is under way: from the way to Sage until the business is chosen.
CREATE TABLE consent (
    state_hash      TEXT COLLATE "C" PRIMARY KEY,
    account_id      TEXT COLLATE "C" NOT NULL REFERENCES account (account_id),
    -- The binding to connect again; none for a new one.
    binding_id      TEXT COLLATE "C" REFERENCES binding (id),
    verifier_sealed BYTEA NOT NULL,
    -- What the code was exchanged for, and the businesses it covers.
    refresh_sealed  BYTEA,
    businesses      BYTEA,
    answered_at     BIGINT,
    ends_at         BIGINT NOT NULL
);

-- What is entered once for the whole relay, sealed: its registration at Sage.
CREATE TABLE relay_secret (
    name        TEXT COLLATE "C" PRIMARY KEY,
    sealed      BYTEA NOT NULL,
    changed_at  BIGINT NOT NULL
);

-- The dashboard pages through the runs of a binding, and most often through those that need somebody.
CREATE INDEX run_by_binding ON run (binding_id, seq);
CREATE INDEX run_attention ON run (binding_id, seq) WHERE state IN ('rejected', 'ambiguous', 'parked');
CREATE INDEX audit_by_binding ON audit (binding_id, audit_id);
