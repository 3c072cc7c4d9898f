-- Documents that the shop is asked to decide on and send again.
CREATE TABLE wanted_document (
    binding_id   TEXT NOT NULL REFERENCES binding (id),
    entity_type  TEXT NOT NULL,
    entity_id    INTEGER NOT NULL,
    asked_at     INTEGER NOT NULL,
    PRIMARY KEY (binding_id, entity_type, entity_id)
) STRICT, WITHOUT ROWID;
