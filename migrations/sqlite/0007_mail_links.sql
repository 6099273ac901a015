-- Links in mails that lead back into a flow, perhaps in another browser. The link's token is known by its hash only.

CREATE TABLE mail_link (
    token_hash    BLOB PRIMARY KEY NOT NULL,
    flow_id       BLOB NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
    -- The stage's place that sent it.
    binding_id    BLOB NOT NULL REFERENCES stage_binding (id) ON DELETE CASCADE,
    -- NULL where somebody asked for a mail to an account that there is not.
    user_id       BLOB REFERENCES user_account (id) ON DELETE CASCADE,
    invitation_id BLOB REFERENCES invitation (id) ON DELETE SET NULL,
    -- What the number of mails is limited by.
    recipient     TEXT NOT NULL,
    plan          TEXT NOT NULL,
    position      BIGINT NOT NULL,
    context       TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    used_at       TEXT
);
CREATE INDEX mail_link_recipient ON mail_link (recipient, created_at);
CREATE INDEX mail_link_expires ON mail_link (expires_at);
CREATE INDEX mail_link_user ON mail_link (user_id);
CREATE INDEX mail_link_flow ON mail_link (flow_id);
CREATE INDEX mail_link_binding ON mail_link (binding_id);
CREATE INDEX mail_link_invitation ON mail_link (invitation_id);
