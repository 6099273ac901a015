-- Groups within groups, and brands.

CREATE TABLE group_parent (
    group_id  UUID NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
    parent_id UUID NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, parent_id)
);
CREATE INDEX group_parent_parent ON group_parent (parent_id);

CREATE TABLE brand (
    id         UUID PRIMARY KEY NOT NULL,
    domain     TEXT COLLATE "C" NOT NULL,
    is_default BOOLEAN NOT NULL,
    settings   JSONB NOT NULL
);
CREATE UNIQUE INDEX brand_domain ON brand (domain);
CREATE UNIQUE INDEX brand_default ON brand (is_default) WHERE is_default;
