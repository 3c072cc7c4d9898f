-- Documents that the shop is asked to decide on and send again.
CREATE TABLE wanted_document (
    binding_id   TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    entity_type  TEXT COLLATE "C" NOT NULL,
    entity_id    BIGINT NOT NULL,
    asked_at     BIGINT NOT NULL,
    PRIMARY KEY (binding_id, entity_type, entity_id)
);
