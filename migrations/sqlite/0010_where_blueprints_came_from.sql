-- A blueprint that was applied is known by where it came from, not by its name alone: two files may have one name. The same
-- columns as in ../postgres.

CREATE TABLE applied_blueprint_2 (
    place      TEXT PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    source     TEXT NOT NULL,
    path       TEXT,
    hash       TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    applied_by TEXT NOT NULL,
    objects    TEXT NOT NULL
);

-- Of those so far only the name is known.
INSERT INTO applied_blueprint_2 (place, name, source, path, hash, applied_at, applied_by, objects)
    SELECT 'name:' || name, name, 'unknown', NULL, hash, applied_at, applied_by, objects FROM applied_blueprint;
DROP TABLE applied_blueprint;
ALTER TABLE applied_blueprint_2 RENAME TO applied_blueprint;
