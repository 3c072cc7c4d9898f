-- The durable inbox. Instants are milliseconds since 1970-01-01T00:00:00Z.
-- Every table carries binding_id in a key: no row can be reached without naming its tenant.

CREATE TABLE binding (
    id                    TEXT PRIMARY KEY,
    state                 TEXT NOT NULL DEFAULT 'active'
                          CHECK (state IN ('active', 'token_revoked', 'access_denied', 'subscription_inactive')),
    api_url               TEXT NOT NULL,
    token_url             TEXT NOT NULL,
    business_id           TEXT NOT NULL,
    api_key_sealed        BLOB NOT NULL,
    refresh_token_sealed  BLOB NOT NULL,
    access_token_sealed   BLOB,
    access_usable_until   INTEGER,
    -- Counts rotations: a new pair replaces exactly the pair it was made from.
    token_version         INTEGER NOT NULL DEFAULT 0,
    -- Set before a refresh goes out, cleared with the new pair: makes the one window visible
    -- in which a crash can lose a token family.
    refresh_started_at    INTEGER,
    -- After a 429 the whole lane rests, not only the document that met it.
    lane_paused_until     INTEGER NOT NULL DEFAULT 0,
    created_at            INTEGER NOT NULL
) STRICT;

CREATE TABLE run (
    seq                INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id             TEXT NOT NULL UNIQUE,
    binding_id         TEXT NOT NULL REFERENCES binding (id),
    key                TEXT NOT NULL,
    generation         INTEGER NOT NULL CHECK (generation >= 1),
    digest             TEXT NOT NULL,
    plan               BLOB NOT NULL,
    sequence           INTEGER NOT NULL,
    entity_type        TEXT NOT NULL,
    entity_id          INTEGER NOT NULL,
    -- The step whose object the report speaks of.
    principal_xref     TEXT NOT NULL,
    expected_total     TEXT,
    expected_currency  TEXT,
    state              TEXT NOT NULL
                       CHECK (state IN ('queued', 'running', 'waiting', 'succeeded', 'rejected', 'ambiguous', 'parked', 'superseded')),
    step               INTEGER NOT NULL DEFAULT 0,
    tries              INTEGER NOT NULL DEFAULT 0,
    next_at            INTEGER,
    -- Why the run stands where it stands, and what a finished run must not hide.
    error              TEXT,
    finding            TEXT,
    created_at         INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    UNIQUE (binding_id, key, generation),
    CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
    CHECK (state NOT IN ('waiting', 'rejected', 'ambiguous', 'parked') OR error IS NOT NULL)
) STRICT;

CREATE INDEX run_open ON run (binding_id, seq) WHERE state IN ('queued', 'running', 'waiting');

-- Which keys a run may make known, and which it needs: whoever needs a key is woken when it is
-- known, or when it can never be.
CREATE TABLE run_key (
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    xref_key    TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('makes', 'needs')),
    run_id      TEXT NOT NULL REFERENCES run (run_id),
    PRIMARY KEY (binding_id, xref_key, role, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX run_key_by_run ON run_key (run_id, role);

-- What is to be sent, frozen: a resend carries these very bytes and this very id.
CREATE TABLE intent (
    intent_id            INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id               TEXT NOT NULL REFERENCES run (run_id),
    binding_id           TEXT NOT NULL REFERENCES binding (id),
    step                 INTEGER NOT NULL,
    xref_key             TEXT NOT NULL,
    resource             TEXT NOT NULL,
    -- The Sage id of the object to change; empty for one to make.
    target               TEXT NOT NULL,
    sage_idempotency_id  TEXT NOT NULL,
    body                 BLOB NOT NULL,
    body_sha256          TEXT NOT NULL,
    created_at           INTEGER NOT NULL,
    UNIQUE (run_id, step, xref_key, target),
    UNIQUE (binding_id, sage_idempotency_id)
) STRICT;

-- One row per time the bytes went (or may have gone) to Sage, committed before the socket write.
-- A row without outcome is a send whose end nobody saw.
CREATE TABLE attempt (
    attempt_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    intent_id    INTEGER NOT NULL REFERENCES intent (intent_id),
    binding_id   TEXT NOT NULL REFERENCES binding (id),
    xref_key     TEXT NOT NULL,
    number       INTEGER NOT NULL,
    sent_at      INTEGER NOT NULL,
    settled_at   INTEGER,
    outcome      TEXT CHECK (outcome IN ('created', 'resolved', 'refused', 'not_sent', 'throttled', 'unauthorised', 'unknown')),
    http_status  INTEGER,
    request_id   TEXT,
    UNIQUE (intent_id, number),
    CHECK ((settled_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE INDEX attempt_in_doubt ON attempt (binding_id, xref_key) WHERE outcome IS NULL OR outcome = 'unknown';

CREATE TABLE entity_xref (
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
    run_id        TEXT NOT NULL REFERENCES run (run_id),
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (binding_id, xref_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX entity_xref_by_sage_id ON entity_xref (binding_id, resource, sage_id);

-- The feed Magento pulls. One row per key: a change removes the row and appends a new one,
-- so the cursor only grows and the feed stays as short as the number of documents.
CREATE TABLE sync_state (
    cursor          INTEGER PRIMARY KEY AUTOINCREMENT,
    binding_id      TEXT NOT NULL REFERENCES binding (id),
    key             TEXT NOT NULL,
    generation      INTEGER NOT NULL,
    run_id          TEXT NOT NULL REFERENCES run (run_id),
    entity_type     TEXT NOT NULL,
    entity_id       INTEGER NOT NULL,
    status          TEXT NOT NULL,
    sage_id         TEXT,
    sage_reference  TEXT,
    expected_total  TEXT,
    sage_total      TEXT,
    error           TEXT,
    recorded_at     INTEGER NOT NULL,
    UNIQUE (binding_id, key)
) STRICT;

CREATE INDEX sync_state_feed ON sync_state (binding_id, cursor);
