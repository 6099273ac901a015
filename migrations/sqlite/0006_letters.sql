-- The outbox: letters to people, sent by the enrollment server.

CREATE TABLE letter (
    id              BLOB PRIMARY KEY NOT NULL,
    recipient       TEXT NOT NULL,
    subject         TEXT NOT NULL,
    template        TEXT NOT NULL,
    -- NULL once nobody needs them: they hold links with tokens.
    body_text       TEXT,
    body_html       TEXT,
    -- The stage whose own mail server takes it; NULL for the configured one.
    stage_id        BLOB REFERENCES stage (id) ON DELETE SET NULL,
    -- The invitation whose link it holds.
    invitation_id   BLOB REFERENCES invitation (id) ON DELETE SET NULL,
    object_kind     TEXT NOT NULL,
    object_name     TEXT NOT NULL,
    status          TEXT NOT NULL,
    attempts        BIGINT NOT NULL DEFAULT 0,
    queued_at       TEXT NOT NULL,
    queued_by       TEXT NOT NULL,
    -- While a server sends it: when that server is taken to have died.
    next_attempt_at TEXT NOT NULL,
    -- From when on its link is of no use.
    expires_at      TEXT,
    finished_at     TEXT,
    error           TEXT NOT NULL DEFAULT ''
);
CREATE INDEX letter_due ON letter (next_attempt_at) WHERE status = 'queued';
CREATE INDEX letter_finished ON letter (finished_at);
CREATE INDEX letter_stage ON letter (stage_id);
CREATE INDEX letter_invitation ON letter (invitation_id);

ALTER TABLE invitation ADD COLUMN mailed_at TEXT;
