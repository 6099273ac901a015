-- Policies and what they are bound to.

CREATE TABLE policy (
    id                UUID PRIMARY KEY NOT NULL,
    name              TEXT COLLATE "C" NOT NULL,
    model             TEXT NOT NULL,
    execution_logging BOOLEAN NOT NULL,
    settings          JSONB NOT NULL
);
CREATE UNIQUE INDEX policy_name ON policy (name);

CREATE TABLE policy_binding (
    id             UUID PRIMARY KEY NOT NULL,
    -- What is guarded: a flow, or a stage's place in one.
    flow_id        UUID REFERENCES flow (id) ON DELETE CASCADE,
    binding_id     UUID REFERENCES stage_binding (id) ON DELETE CASCADE,
    -- Who or what decides.
    policy_id      UUID REFERENCES policy (id) ON DELETE CASCADE,
    group_id       UUID REFERENCES user_group (id) ON DELETE CASCADE,
    user_id        UUID REFERENCES user_account (id) ON DELETE CASCADE,
    position       BIGINT NOT NULL,
    negate         BOOLEAN NOT NULL,
    enabled        BOOLEAN NOT NULL,
    timeout        BIGINT NOT NULL,
    failure_result BOOLEAN NOT NULL,
    CHECK ((flow_id IS NULL) <> (binding_id IS NULL))
);
CREATE UNIQUE INDEX policy_binding_flow ON policy_binding (flow_id, policy_id, position);
CREATE UNIQUE INDEX policy_binding_stage ON policy_binding (binding_id, policy_id, position);
CREATE INDEX policy_binding_policy ON policy_binding (policy_id);
CREATE INDEX policy_binding_group ON policy_binding (group_id);
CREATE INDEX policy_binding_user ON policy_binding (user_id);

-- What a prompt stage's answers are checked by.
CREATE TABLE stage_policy (
    stage_id  UUID NOT NULL REFERENCES stage (id) ON DELETE CASCADE,
    policy_id UUID NOT NULL REFERENCES policy (id) ON DELETE CASCADE,
    position  BIGINT NOT NULL,
    PRIMARY KEY (stage_id, policy_id)
);
CREATE INDEX stage_policy_policy ON stage_policy (policy_id);
