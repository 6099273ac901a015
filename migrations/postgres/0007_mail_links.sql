-- Links in mails that lead back into a flow, perhaps in another browser. The link's token is known by its hash only.

CREATE TABLE mail_link (
    token_hash    BYTEA PRIMARY KEY NOT NULL,
    flow_id       UUID NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
    -- The stage's place that sent it.
    binding_id    UUID NOT NULL REFERENCES stage_binding (id) ON DELETE CASCADE,
    -- NULL where somebody asked for a mail to an account that there is not.
    user_id       UUID REFERENCES user_account (id) ON DELETE CASCADE,
    invitation_id UUID REFERENCES invitation (id) ON DELETE SET NULL,
    -- What the number of mails is limited by.
    recipient     TEXT NOT NULL,
    plan          JSONB NOT NULL,
    position      BIGINT NOT NULL,
    context       JSONB NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    expires_at    TIMESTAMPTZ NOT NULL,
    used_at       TIMESTAMPTZ
);
CREATE INDEX mail_link_recipient ON mail_link (recipient, created_at);
CREATE INDEX mail_link_expires ON mail_link (expires_at);
CREATE INDEX mail_link_user ON mail_link (user_id);
CREATE INDEX mail_link_flow ON mail_link (flow_id);
CREATE INDEX mail_link_binding ON mail_link (binding_id);
CREATE INDEX mail_link_invitation ON mail_link (invitation_id);
