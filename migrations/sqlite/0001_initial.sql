-- Timestamps are RFC 3339 text in UTC, ids are 16 bytes, JSON is text. The same columns as in ../postgres.

CREATE TABLE flow (
    id                 BLOB PRIMARY KEY NOT NULL,
    slug               TEXT NOT NULL,
    name               TEXT NOT NULL,
    title              TEXT NOT NULL,
    designation        TEXT NOT NULL,
    authentication     TEXT NOT NULL,
    denied_action      TEXT NOT NULL,
    policy_engine_mode TEXT NOT NULL,
    layout             TEXT NOT NULL,
    compatibility_mode BOOLEAN NOT NULL,
    background         TEXT NOT NULL
);
CREATE UNIQUE INDEX flow_slug ON flow (slug);

CREATE TABLE user_group (
    id           BLOB PRIMARY KEY NOT NULL,
    name         TEXT NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    attributes   TEXT NOT NULL
);
CREATE UNIQUE INDEX user_group_name ON user_group (name);

CREATE TABLE stage (
    id       BLOB PRIMARY KEY NOT NULL,
    name     TEXT NOT NULL,
    settings TEXT NOT NULL,
    -- The group that a user write stage puts new accounts into.
    group_id BLOB REFERENCES user_group (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX stage_name ON stage (name);

CREATE TABLE stage_binding (
    id                      BLOB PRIMARY KEY NOT NULL,
    flow_id                 BLOB NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
    stage_id                BLOB NOT NULL REFERENCES stage (id) ON DELETE CASCADE,
    position                BIGINT NOT NULL,
    evaluate_on_plan        BOOLEAN NOT NULL,
    re_evaluate_policies    BOOLEAN NOT NULL,
    policy_engine_mode      TEXT NOT NULL,
    invalid_response_action TEXT NOT NULL,
    created_at              TEXT NOT NULL
);
CREATE UNIQUE INDEX stage_binding_place ON stage_binding (flow_id, stage_id, position);
CREATE INDEX stage_binding_stage ON stage_binding (stage_id);

CREATE TABLE prompt (
    id            BLOB PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    field_key     TEXT NOT NULL,
    label         TEXT NOT NULL,
    kind          TEXT NOT NULL,
    required      BOOLEAN NOT NULL,
    placeholder   TEXT NOT NULL,
    initial_value TEXT NOT NULL,
    position      BIGINT NOT NULL,
    sub_text      TEXT NOT NULL
);
CREATE UNIQUE INDEX prompt_name ON prompt (name);

CREATE TABLE stage_prompt (
    stage_id  BLOB NOT NULL REFERENCES stage (id) ON DELETE CASCADE,
    prompt_id BLOB NOT NULL REFERENCES prompt (id) ON DELETE CASCADE,
    position  BIGINT NOT NULL,
    PRIMARY KEY (stage_id, prompt_id)
);

CREATE TABLE user_account (
    id           BLOB PRIMARY KEY NOT NULL,
    username     TEXT NOT NULL,
    -- The user name in lower case: what must be unique.
    username_key TEXT NOT NULL,
    name         TEXT NOT NULL,
    email        TEXT NOT NULL,
    is_active    BOOLEAN NOT NULL,
    path         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    attributes   TEXT NOT NULL,
    password     TEXT,
    created_at   TEXT NOT NULL,
    last_login   TEXT
);
CREATE UNIQUE INDEX user_account_username ON user_account (username_key);

CREATE TABLE group_member (
    group_id BLOB NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
    user_id  BLOB NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_member_user ON group_member (user_id);

CREATE TABLE invitation (
    -- The token of the link.
    id              BLOB PRIMARY KEY NOT NULL,
    name            TEXT NOT NULL,
    -- No SET NULL: deleting a flow must never widen its invitations to every flow.
    flow_id         BLOB REFERENCES flow (id),
    expires         TEXT,
    fixed_data      TEXT NOT NULL,
    max_uses        BIGINT,
    uses            BIGINT NOT NULL DEFAULT 0,
    note            TEXT NOT NULL,
    created_by      BLOB REFERENCES user_account (id) ON DELETE SET NULL,
    created_by_name TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    revision        BIGINT NOT NULL DEFAULT 1,
    revoked_at      TEXT,
    opened_at       TEXT,
    opens           BIGINT NOT NULL DEFAULT 0,
    deleted_at      TEXT,
    CHECK (max_uses IS NULL OR (max_uses >= 1 AND uses <= max_uses))
);
-- Deleted invitations keep their row, so that a deletion can be undone and history stays.
CREATE UNIQUE INDEX invitation_name ON invitation (name) WHERE deleted_at IS NULL;
CREATE INDEX invitation_flow ON invitation (flow_id);

CREATE TABLE invitation_use (
    id            BLOB PRIMARY KEY NOT NULL,
    invitation_id BLOB NOT NULL REFERENCES invitation (id) ON DELETE CASCADE,
    user_id       BLOB REFERENCES user_account (id) ON DELETE SET NULL,
    username      TEXT NOT NULL,
    used_at       TEXT NOT NULL,
    address       TEXT NOT NULL
);
CREATE INDEX invitation_use_invitation ON invitation_use (invitation_id);
CREATE INDEX invitation_use_user ON invitation_use (user_id);

CREATE TABLE visitor_session (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user_id    BLOB REFERENCES user_account (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX visitor_session_expires ON visitor_session (expires_at);

CREATE TABLE enrollment (
    id            BLOB PRIMARY KEY NOT NULL,
    session_hash  BLOB NOT NULL REFERENCES visitor_session (token_hash) ON DELETE CASCADE ON UPDATE CASCADE,
    flow_id       BLOB NOT NULL REFERENCES flow (id) ON DELETE CASCADE,
    invitation_id BLOB REFERENCES invitation (id) ON DELETE SET NULL,
    plan          TEXT NOT NULL,
    position      BIGINT NOT NULL,
    context       TEXT NOT NULL,
    done          BOOLEAN NOT NULL,
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    expires_at    TEXT NOT NULL
);
CREATE UNIQUE INDEX enrollment_session ON enrollment (session_hash);
CREATE INDEX enrollment_invitation ON enrollment (invitation_id);
CREATE INDEX enrollment_expires ON enrollment (expires_at);

CREATE TABLE event (
    id          BLOB PRIMARY KEY NOT NULL,
    at          TEXT NOT NULL,
    actor_id    BLOB,
    actor       TEXT NOT NULL,
    address     TEXT NOT NULL,
    action      TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_name TEXT NOT NULL,
    detail      TEXT NOT NULL
);
