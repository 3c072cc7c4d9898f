-- The durable inbox. Instants are milliseconds since 1970-01-01T00:00:00Z.
-- Every table carries binding_id in a key: no row can be reached without naming its tenant.

CREATE TABLE binding (
    id                    TEXT COLLATE "C" PRIMARY KEY,
    state                 TEXT COLLATE "C" NOT NULL DEFAULT 'active'
                          CHECK (state IN ('active', 'token_revoked', 'access_denied', 'subscription_inactive')),
    api_url               TEXT COLLATE "C" NOT NULL,
    token_url             TEXT COLLATE "C" NOT NULL,
    business_id           TEXT COLLATE "C" NOT NULL,
    api_key_sealed        BYTEA NOT NULL,
    refresh_token_sealed  BYTEA NOT NULL,
    access_token_sealed   BYTEA,
    access_usable_until   BIGINT,
    -- Counts rotations: a new pair replaces exactly the pair it was made from.
    token_version         BIGINT NOT NULL DEFAULT 0,
    -- Set before a refresh goes out, cleared with the new pair: makes the one window visible
    -- in which a crash can lose a token family.
    refresh_started_at    BIGINT,
    -- After a 429 the whole lane rests, not only the document that met it.
    lane_paused_until     BIGINT NOT NULL DEFAULT 0,
    created_at            BIGINT NOT NULL
);

CREATE TABLE run (
    seq                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id             TEXT COLLATE "C" NOT NULL UNIQUE,
    binding_id         TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    key                TEXT COLLATE "C" NOT NULL,
    generation         BIGINT NOT NULL CHECK (generation >= 1),
    digest             TEXT COLLATE "C" NOT NULL,
    plan               BYTEA NOT NULL,
    sequence           BIGINT NOT NULL,
    entity_type        TEXT COLLATE "C" NOT NULL,
    entity_id          BIGINT NOT NULL,
    -- The step whose object the report speaks of.
    principal_xref     TEXT COLLATE "C" NOT NULL,
    expected_total     TEXT COLLATE "C",
    expected_currency  TEXT COLLATE "C",
    state              TEXT COLLATE "C" NOT NULL
                       CHECK (state IN ('queued', 'running', 'waiting', 'succeeded', 'rejected', 'ambiguous', 'parked', 'superseded')),
    step               BIGINT NOT NULL DEFAULT 0,
    tries              BIGINT NOT NULL DEFAULT 0,
    next_at            BIGINT,
    -- Why the run stands where it stands, and what a finished run must not hide.
    error              TEXT COLLATE "C",
    finding            TEXT COLLATE "C",
    created_at         BIGINT NOT NULL,
    updated_at         BIGINT NOT NULL,
    UNIQUE (binding_id, key, generation),
    CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
    CHECK (state NOT IN ('waiting', 'rejected', 'ambiguous', 'parked') OR error IS NOT NULL)
);

CREATE INDEX run_open ON run (binding_id, seq) WHERE state IN ('queued', 'running', 'waiting');

-- Which keys a run may make known, and which it needs: whoever needs a key is woken when it is
-- known, or when it can never be.
CREATE TABLE run_key (
    binding_id  TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    xref_key    TEXT COLLATE "C" NOT NULL,
    role        TEXT COLLATE "C" NOT NULL CHECK (role IN ('makes', 'needs')),
    run_id      TEXT COLLATE "C" NOT NULL REFERENCES run (run_id),
    PRIMARY KEY (binding_id, xref_key, role, run_id)
);

CREATE INDEX run_key_by_run ON run_key (run_id, role);

-- What is to be sent, frozen: a resend carries these very bytes and this very id.
CREATE TABLE intent (
    intent_id            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id               TEXT COLLATE "C" NOT NULL REFERENCES run (run_id),
    binding_id           TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    step                 BIGINT NOT NULL,
    xref_key             TEXT COLLATE "C" NOT NULL,
    resource             TEXT COLLATE "C" NOT NULL,
    -- The Sage id of the object to change; empty for one to make.
    target               TEXT COLLATE "C" NOT NULL,
    sage_idempotency_id  TEXT COLLATE "C" NOT NULL,
    body                 BYTEA NOT NULL,
    body_sha256          TEXT COLLATE "C" NOT NULL,
    created_at           BIGINT NOT NULL,
    UNIQUE (run_id, step, xref_key, target),
    UNIQUE (binding_id, sage_idempotency_id)
);

-- One row per time the bytes went (or may have gone) to Sage, committed before the socket write.
-- A row without outcome is a send whose end nobody saw.
CREATE TABLE attempt (
    attempt_id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intent_id    BIGINT NOT NULL REFERENCES intent (intent_id),
    binding_id   TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    xref_key     TEXT COLLATE "C" NOT NULL,
    number       BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL,
    settled_at   BIGINT,
    outcome      TEXT COLLATE "C" CHECK (outcome IN ('created', 'resolved', 'refused', 'not_sent', 'throttled', 'unauthorised', 'unknown')),
    http_status  BIGINT,
    request_id   TEXT COLLATE "C",
    UNIQUE (intent_id, number),
    CHECK ((settled_at IS NULL) = (outcome IS NULL))
);

CREATE INDEX attempt_in_doubt ON attempt (binding_id, xref_key) WHERE outcome IS NULL OR outcome = 'unknown';

CREATE TABLE entity_xref (
    binding_id    TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    xref_key      TEXT COLLATE "C" NOT NULL,
    resource      TEXT COLLATE "C" NOT NULL,
    sage_id       TEXT COLLATE "C" NOT NULL,
    displayed_as  TEXT COLLATE "C",
    total         TEXT COLLATE "C",
    currency      TEXT COLLATE "C",
    -- Keyed hash of the e-mail the object was verified against; never the e-mail.
    match_tag     TEXT COLLATE "C",
    adopted       BOOLEAN NOT NULL,
    run_id        TEXT COLLATE "C" NOT NULL REFERENCES run (run_id),
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (binding_id, xref_key)
);

CREATE INDEX entity_xref_by_sage_id ON entity_xref (binding_id, resource, sage_id);

-- The feed Magento pulls. One row per key: a change removes the row and appends a new one,
-- so the cursor only grows and the feed stays as short as the number of documents.
CREATE TABLE sync_state (
    cursor          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    binding_id      TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    key             TEXT COLLATE "C" NOT NULL,
    generation      BIGINT NOT NULL,
    run_id          TEXT COLLATE "C" NOT NULL REFERENCES run (run_id),
    entity_type     TEXT COLLATE "C" NOT NULL,
    entity_id       BIGINT NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    sage_id         TEXT COLLATE "C",
    sage_reference  TEXT COLLATE "C",
    expected_total  TEXT COLLATE "C",
    sage_total      TEXT COLLATE "C",
    error           TEXT COLLATE "C",
    recorded_at     BIGINT NOT NULL,
    UNIQUE (binding_id, key)
);

CREATE INDEX sync_state_feed ON sync_state (binding_id, cursor);
