-- Which blueprints were applied, and what each asked for.

CREATE TABLE applied_blueprint (
    name       TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    hash       TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL,
    applied_by TEXT NOT NULL,
    objects    JSONB NOT NULL
);
