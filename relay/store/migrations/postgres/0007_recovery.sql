-- A store that was restored from a backup, a shop that was restored or copied, keys that are not
-- proved yet: contracts, sections 8 and 9.

-- Each start of a relay begins an epoch. What a shop was given in an epoch lies between its first
-- places and those of the next one; a place that lies elsewhere was given by a store that is gone.
CREATE TABLE store_epoch (
    number        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    epoch         TEXT COLLATE "C" NOT NULL UNIQUE,
    first_seq     BIGINT NOT NULL,
    first_cursor  BIGINT NOT NULL,
    began_at      BIGINT NOT NULL
);

-- A binding whose shop knows more than this store: until it ends, everything is looked for in Sage
-- before it is made.
CREATE TABLE recovery (
    recovery_id  TEXT COLLATE "C" PRIMARY KEY,
    binding_id   TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    -- The last instant, and the place in the feed, that shop and store both know.
    known_until  BIGINT NOT NULL,
    feed_cursor  BIGINT NOT NULL,
    -- The newest run before it.
    first_seq    BIGINT NOT NULL,
    began_at     BIGINT NOT NULL,
    -- When the shop had offered everything again, and the newest run at that time.
    offered_at   BIGINT,
    offered_seq  BIGINT,
    ended_at     BIGINT
);

CREATE UNIQUE INDEX recovery_open ON recovery (binding_id) WHERE ended_at IS NULL;
CREATE INDEX recovery_by_binding ON recovery (binding_id);

-- The highest entities that the shop had at that time: one of them that arrives later may have been
-- sent by the store that is gone.
CREATE TABLE recovery_highest (
    recovery_id  TEXT COLLATE "C" NOT NULL REFERENCES recovery (recovery_id),
    entity_type  TEXT COLLATE "C" NOT NULL,
    entity_id    BIGINT NOT NULL,
    PRIMARY KEY (recovery_id, entity_type)
);

-- The installation of the shop that is served, the highest sequence heard of, when that went back,
-- and the last epoch in which the shop agreed with the store.
ALTER TABLE binding ADD COLUMN installation TEXT COLLATE "C";
ALTER TABLE binding ADD COLUMN shop_sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN shop_restored_at BIGINT;
ALTER TABLE binding ADD COLUMN agreed_epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE binding ADD COLUMN state_since BIGINT NOT NULL DEFAULT 0;

-- Keys that were offered to a shop which has not proved yet that it has them.
CREATE TABLE offered_key (
    offer_id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    binding_id      TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    api_key_sealed  BYTEA NOT NULL,
    -- For how long the key before stays good once this one is proved.
    grace_ms        BIGINT NOT NULL,
    offered_at      BIGINT NOT NULL
);

CREATE INDEX offered_key_by_binding ON offered_key (binding_id);

-- A run that an operator has set aside: another document may take its key.
ALTER TABLE run ADD COLUMN set_aside_at BIGINT;

-- Written to find out whether the database can be written to.
CREATE TABLE heartbeat (
    id       BIGINT PRIMARY KEY CHECK (id = 1),
    beat_at  BIGINT NOT NULL,
    ballast  BYTEA NOT NULL
);
