-- Bearer tokens that were used: each is good for one request, in whichever process it arrives.
CREATE TABLE ticket (
    binding_id  TEXT COLLATE "C" NOT NULL REFERENCES binding (id),
    jti         TEXT COLLATE "C" NOT NULL,
    void_at     BIGINT NOT NULL,
    PRIMARY KEY (binding_id, jti)
);

CREATE INDEX ticket_by_age ON ticket (void_at);
