-- A blueprint that was applied is known by where it came from, not by its name alone: two files may have one name. The same
-- columns as in ../sqlite.

CREATE TABLE applied_blueprint_2 (
    place      TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    source     TEXT NOT NULL,
    path       TEXT,
    hash       TEXT NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL,
    applied_by TEXT NOT NULL,
    objects    JSONB NOT NULL
);

-- Of those so far only the name is known.
INSERT INTO applied_blueprint_2 (place, name, source, path, hash, applied_at, applied_by, objects)
    SELECT 'name:' || name, name, 'unknown', NULL, hash, applied_at, applied_by, objects FROM applied_blueprint;
DROP TABLE applied_blueprint;
ALTER TABLE applied_blueprint_2 RENAME TO applied_blueprint;
ALTER TABLE applied_blueprint ADD CONSTRAINT applied_blueprint_pkey PRIMARY KEY (place);
