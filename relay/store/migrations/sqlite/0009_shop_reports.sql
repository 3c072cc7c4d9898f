-- What a shop tells of itself, the newest of each kind: its profile, its dry run.
CREATE TABLE shop_report (
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    kind        TEXT NOT NULL,
    body        TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (binding_id, kind)
) STRICT;
