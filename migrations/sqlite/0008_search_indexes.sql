-- Lists are read by key and searched by what stands in them, however long they are: every order has an index, and so
-- has every text of three letters and more. The same columns and orders as in ../postgres.

-- "Never" as an instant, so that it has a place in the order.
ALTER TABLE invitation ADD COLUMN expires_rank TEXT NOT NULL
    GENERATED ALWAYS AS (COALESCE(expires, '9999-12-31T23:59:59+00:00')) VIRTUAL;

-- All that a filter looks at, so that a walk along the names need not read the rows that it passes by.
CREATE INDEX invitation_by_name ON invitation (deleted_at, name, id, note, expires, max_uses, uses, revoked_at);
CREATE INDEX invitation_by_expires ON invitation (deleted_at, expires_rank, name, id);
CREATE INDEX invitation_by_uses ON invitation (deleted_at, uses, name, id);
CREATE INDEX invitation_by_created ON invitation (deleted_at, created_at, name, id);
CREATE INDEX event_object ON event (object_kind, object_name, id);

-- The search index knows rows by number. A table's own rowid would not do: VACUUM may change it.
CREATE TABLE invitation_number (
    number        INTEGER PRIMARY KEY NOT NULL,
    invitation_id BLOB NOT NULL
);
CREATE UNIQUE INDEX invitation_number_invitation ON invitation_number (invitation_id);
INSERT INTO invitation_number (invitation_id) SELECT id FROM invitation;

-- Which three letters stand where, without the text itself: it finds a little more than what is looked for, and the
-- query looks at what it found.
CREATE VIRTUAL TABLE invitation_search
    USING fts5 (name, note, content = '', contentless_delete = 1, tokenize = 'trigram', detail = 'none');
INSERT INTO invitation_search (rowid, name, note)
    SELECT n.number, i.name, i.note FROM invitation_number n JOIN invitation i ON i.id = n.invitation_id;

CREATE TRIGGER invitation_added AFTER INSERT ON invitation
BEGIN
    INSERT INTO invitation_number (invitation_id) VALUES (new.id);
    INSERT INTO invitation_search (rowid, name, note)
        SELECT number, new.name, new.note FROM invitation_number WHERE invitation_id = new.id;
END;

CREATE TRIGGER invitation_renamed AFTER UPDATE OF name, note ON invitation
    WHEN old.name <> new.name OR old.note <> new.note
BEGIN
    INSERT OR REPLACE INTO invitation_search (rowid, name, note)
        SELECT number, new.name, new.note FROM invitation_number WHERE invitation_id = new.id;
END;

CREATE TRIGGER invitation_removed BEFORE DELETE ON invitation
BEGIN
    DELETE FROM invitation_search
        WHERE rowid = (SELECT number FROM invitation_number WHERE invitation_id = old.id);
    DELETE FROM invitation_number WHERE invitation_id = old.id;
END;
