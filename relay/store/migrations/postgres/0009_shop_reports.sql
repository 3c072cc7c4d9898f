-- What a shop tells of itself, the newest of each kind: its profile, its dry run.
CREATE TABLE shop_report (
    binding_id  TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    kind        TEXT COLLATE "C" NOT NULL,
    body        TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (binding_id, kind)
);
