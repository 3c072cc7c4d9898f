-- What the shop's documents of a day come to, as the shop told it last. Days are counted from 1970.
CREATE TABLE shop_day (
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    day         INTEGER NOT NULL,
    body        TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (binding_id, day)
) STRICT, WITHOUT ROWID;

-- Days that somebody wants to see and that the shop has not told since.
CREATE TABLE wanted_days (
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    from_day    INTEGER NOT NULL,
    to_day      INTEGER NOT NULL CHECK (to_day >= from_day),
    asked_at    INTEGER NOT NULL,
    PRIMARY KEY (binding_id, from_day, to_day)
) STRICT, WITHOUT ROWID;

-- What stood in Sage when it was last read: figures and numbers of documents, no names.
CREATE TABLE sage_object (
    binding_id   TEXT NOT NULL REFERENCES binding (id),
    resource     TEXT NOT NULL,
    sage_id      TEXT NOT NULL,
    number       TEXT,
    reference    TEXT,
    day          INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    total        TEXT NOT NULL,
    tax          TEXT NOT NULL,
    outstanding  TEXT,
    status       TEXT NOT NULL,
    -- Net and tax by rate, or the bank account of a payment.
    detail       TEXT NOT NULL,
    updated_at   TEXT,
    read_at      INTEGER NOT NULL,
    PRIMARY KEY (binding_id, resource, sage_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sage_object_by_day ON sage_object (binding_id, day);

-- Which days were read, when, and how far that came.
CREATE TABLE sage_reading (
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    from_day    INTEGER NOT NULL,
    to_day      INTEGER NOT NULL,
    began_at    INTEGER NOT NULL,
    ended_at    INTEGER,
    calls       INTEGER NOT NULL DEFAULT 0,
    problem     TEXT,
    PRIMARY KEY (binding_id, from_day, to_day)
) STRICT, WITHOUT ROWID;
