-- A store that was restored from a backup, a shop that was restored or copied, keys that are not
-- proved yet: contracts, sections 8 and 9.

-- Each start of a relay begins an epoch. What a shop was given in an epoch lies between its first
-- places and those of the next one; a place that lies elsewhere was given by a store that is gone.
CREATE TABLE store_epoch (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch         TEXT NOT NULL UNIQUE,
    first_seq     INTEGER NOT NULL,
    first_cursor  INTEGER NOT NULL,
    began_at      INTEGER NOT NULL
) STRICT;

-- A binding whose shop knows more than this store: until it ends, everything is looked for in Sage
-- before it is made.
CREATE TABLE recovery (
    recovery_id  TEXT PRIMARY KEY,
    binding_id   TEXT NOT NULL REFERENCES binding (id),
    -- The last instant, and the place in the feed, that shop and store both know.
    known_until  INTEGER NOT NULL,
    feed_cursor  INTEGER NOT NULL,
    -- The newest run before it.
    first_seq    INTEGER NOT NULL,
    began_at     INTEGER NOT NULL,
    -- When the shop had offered everything again, and the newest run at that time.
    offered_at   INTEGER,
    offered_seq  INTEGER,
    ended_at     INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX recovery_open ON recovery (binding_id) WHERE ended_at IS NULL;
CREATE INDEX recovery_by_binding ON recovery (binding_id);

-- The highest entities that the shop had at that time: one of them that arrives later may have been
-- sent by the store that is gone.
CREATE TABLE recovery_highest (
    recovery_id  TEXT NOT NULL REFERENCES recovery (recovery_id),
    entity_type  TEXT NOT NULL,
    entity_id    INTEGER NOT NULL,
    PRIMARY KEY (recovery_id, entity_type)
) STRICT, WITHOUT ROWID;

-- The installation of the shop that is served, the highest sequence heard of, when that went back,
-- and the last epoch in which the shop agreed with the store.
ALTER TABLE binding ADD COLUMN installation TEXT;
ALTER TABLE binding ADD COLUMN shop_sequence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN shop_restored_at INTEGER;
ALTER TABLE binding ADD COLUMN agreed_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN state_since INTEGER NOT NULL DEFAULT 0;

-- Keys that were offered to a shop which has not proved yet that it has them.
CREATE TABLE offered_key (
    offer_id        INTEGER PRIMARY KEY AUTOINCREMENT,
    binding_id      TEXT NOT NULL REFERENCES binding (id),
    api_key_sealed  BLOB NOT NULL,
    -- For how long the key before stays good once this one is proved.
    grace_ms        INTEGER NOT NULL,
    offered_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX offered_key_by_binding ON offered_key (binding_id);

-- A run that an operator has set aside: another document may take its key.
ALTER TABLE run ADD COLUMN set_aside_at INTEGER;

-- Written to find out whether the database can be written to.
CREATE TABLE heartbeat (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    beat_at  INTEGER NOT NULL,
    ballast  BLOB NOT NULL
) STRICT;
