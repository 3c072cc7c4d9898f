-- Lanes: who may send for a binding, how fast, and how much it has sent today.

CREATE TABLE lane (
    binding_id       TEXT PRIMARY KEY REFERENCES binding (id),
    -- The relay process that sends; its lease ends by itself.
    holder           TEXT NOT NULL,
    -- Grows with every holder: a write of a former one names an old token and is refused.
    token            INTEGER NOT NULL,
    lease_until      INTEGER NOT NULL,
    -- After a 429 the whole lane rests, not only the document that met it.
    paused_until     INTEGER NOT NULL DEFAULT 0,
    -- What Sage was seen to bear, in calls per minute; 0 before anything was learned.
    rate_per_minute  INTEGER NOT NULL DEFAULT 0,
    -- Calls of one day, counted from 1970.
    day              INTEGER NOT NULL DEFAULT 0,
    calls            INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX lane_by_day ON lane (day);

ALTER TABLE binding DROP COLUMN lane_paused_until;

-- What goes first within a lane: 0 before 1.
ALTER TABLE run ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
-- The code inside `error`, where it can be asked for.
ALTER TABLE run ADD COLUMN error_code TEXT;
UPDATE run SET error_code = error ->> 'code';

DROP INDEX run_open;
CREATE INDEX run_open ON run (binding_id, priority, seq) WHERE state IN ('queued', 'running', 'waiting');

-- What a send made, also when its sender had lost the lane meanwhile.
ALTER TABLE attempt ADD COLUMN sage_id TEXT;

-- A request may be frozen anew: a stock difference after a send that surely did not happen, and an
-- id under which Sage keeps answering an error.
ALTER TABLE intent ADD COLUMN renewals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE intent ADD COLUMN renewed_at INTEGER NOT NULL DEFAULT 0;
