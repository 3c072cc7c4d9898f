-- Lanes: who may send for a binding, how fast, and how much it has sent today.

CREATE TABLE lane (
    binding_id       TEXT COLLATE "C" PRIMARY KEY REFERENCES binding (id),
    -- The relay process that sends; its lease ends by itself.
    holder           TEXT COLLATE "C" NOT NULL,
    -- Grows with every holder: a write of a former one names an old token and is refused.
    token            BIGINT NOT NULL,
    lease_until      BIGINT NOT NULL,
    -- After a 429 the whole lane rests, not only the document that met it.
    paused_until     BIGINT NOT NULL DEFAULT 0,
    -- What Sage was seen to bear, in calls per minute; 0 before anything was learned.
    rate_per_minute  BIGINT NOT NULL DEFAULT 0,
    -- Calls of one day, counted from 1970.
    day              BIGINT NOT NULL DEFAULT 0,
    calls            BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX lane_by_day ON lane (day);

ALTER TABLE binding DROP COLUMN lane_paused_until;

-- What goes first within a lane: 0 before 1.
ALTER TABLE run ADD COLUMN priority BIGINT NOT NULL DEFAULT 0;
-- The code inside `error`, where it can be asked for.
ALTER TABLE run ADD COLUMN error_code TEXT COLLATE "C";

DROP INDEX run_open;
CREATE INDEX run_open ON run (binding_id, priority, seq) WHERE state IN ('queued', 'running', 'waiting');

-- What a send made, also when its sender had lost the lane meanwhile.
ALTER TABLE attempt ADD COLUMN sage_id TEXT COLLATE "C";

-- A request may be frozen anew: a stock difference after a send that surely did not happen, and an
-- id under which Sage keeps answering an error.
ALTER TABLE intent ADD COLUMN renewals BIGINT NOT NULL DEFAULT 0;
ALTER TABLE intent ADD COLUMN renewed_at BIGINT NOT NULL DEFAULT 0;
