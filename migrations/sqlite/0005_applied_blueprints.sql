-- Which blueprints were applied, and what each asked for.

CREATE TABLE applied_blueprint (
    name       TEXT PRIMARY KEY NOT NULL,
    hash       TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    applied_by TEXT NOT NULL,
    objects    TEXT NOT NULL
);
