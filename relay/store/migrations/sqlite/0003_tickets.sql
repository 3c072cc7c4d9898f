-- Bearer tokens that were used: each is good for one request, in whichever process it arrives.
CREATE TABLE ticket (
    binding_id  TEXT NOT NULL REFERENCES binding (id),
    jti         TEXT NOT NULL,
    void_at     INTEGER NOT NULL,
    PRIMARY KEY (binding_id, jti)
) STRICT, WITHOUT ROWID;

CREATE INDEX ticket_by_age ON ticket (void_at);
