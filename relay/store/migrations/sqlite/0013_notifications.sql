-- Who is told when a binding needs somebody, and what they were told last.
CREATE TABLE notification (
    binding_id       TEXT PRIMARY KEY REFERENCES binding (id),
    -- Addresses, servers and secrets.
    settings_sealed  BLOB NOT NULL,
    next_at          INTEGER NOT NULL,
    -- Documents that came to need somebody until then were told of.
    told_until       INTEGER NOT NULL,
    -- The connection as it was told of.
    told_state       TEXT NOT NULL,
    -- The day of the last digest, counted from 1970.
    digest_day       INTEGER NOT NULL,
    sent_at          INTEGER,
    problem          TEXT
) STRICT;
