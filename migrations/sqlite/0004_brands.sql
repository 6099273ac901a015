-- Groups within groups, and brands.

CREATE TABLE group_parent (
    group_id  BLOB NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
    parent_id BLOB NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, parent_id)
);
CREATE INDEX group_parent_parent ON group_parent (parent_id);

CREATE TABLE brand (
    id         BLOB PRIMARY KEY NOT NULL,
    domain     TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    settings   TEXT NOT NULL
);
CREATE UNIQUE INDEX brand_domain ON brand (domain);
CREATE UNIQUE INDEX brand_default ON brand (is_default) WHERE is_default;
