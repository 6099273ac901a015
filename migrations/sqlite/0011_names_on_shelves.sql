-- The search index lists what it finds by number, and numbers go along the names: what has the same first five characters
-- stands on one shelf. So a window onto what is found knows where to begin, however far down the list that is. Each text ends
-- in one character more, so that two letters are always the first of three that are in the index.

-- Names are slugs: each character is below 128. The numbers of a shelf are its own times 2^28 and up.
ALTER TABLE invitation ADD COLUMN shelf INTEGER NOT NULL GENERATED ALWAYS AS (
    min(127, coalesce(unicode(substr(name, 1, 1)), 0)) * 268435456
    + min(127, coalesce(unicode(substr(name, 2, 1)), 0)) * 2097152
    + min(127, coalesce(unicode(substr(name, 3, 1)), 0)) * 16384
    + min(127, coalesce(unicode(substr(name, 4, 1)), 0)) * 128
    + min(127, coalesce(unicode(substr(name, 5, 1)), 0))
) VIRTUAL;

DROP TRIGGER invitation_added;
DROP TRIGGER invitation_renamed;
DROP TRIGGER invitation_removed;
DROP TABLE invitation_search;
DROP TABLE invitation_number;

CREATE TABLE invitation_number (
    number        INTEGER PRIMARY KEY NOT NULL,
    invitation_id BLOB NOT NULL
);
INSERT INTO invitation_number (number, invitation_id)
    SELECT shelf * 268435456 + row_number() OVER (PARTITION BY shelf ORDER BY name, id), id FROM invitation ORDER BY 1;
CREATE UNIQUE INDEX invitation_number_invitation ON invitation_number (invitation_id);

CREATE VIRTUAL TABLE invitation_search
    USING fts5 (name, note, content = '', contentless_delete = 1, tokenize = 'trigram', detail = 'none');
INSERT INTO invitation_search (rowid, name, note)
    SELECT n.number, i.name || char(1), i.note || char(1)
    FROM invitation_number n CROSS JOIN invitation i WHERE i.id = n.invitation_id ORDER BY n.number;

-- Which three letters there are.
CREATE VIRTUAL TABLE invitation_letters USING fts5vocab (invitation_search, 'row');

CREATE TRIGGER invitation_added AFTER INSERT ON invitation
BEGIN
    INSERT INTO invitation_number (number, invitation_id)
        SELECT 1 + coalesce(max(number), new.shelf * 268435456), new.id FROM invitation_number
        WHERE number BETWEEN new.shelf * 268435456 AND new.shelf * 268435456 + 268435455;
    INSERT INTO invitation_search (rowid, name, note)
        SELECT number, new.name || char(1), new.note || char(1) FROM invitation_number WHERE invitation_id = new.id;
END;

CREATE TRIGGER invitation_renamed AFTER UPDATE OF name, note ON invitation
    WHEN old.name <> new.name OR old.note <> new.note
BEGIN
    DELETE FROM invitation_search
        WHERE rowid = (SELECT number FROM invitation_number WHERE invitation_id = old.id);
    DELETE FROM invitation_number WHERE invitation_id = old.id;
    INSERT INTO invitation_number (number, invitation_id)
        SELECT 1 + coalesce(max(number), new.shelf * 268435456), new.id FROM invitation_number
        WHERE number BETWEEN new.shelf * 268435456 AND new.shelf * 268435456 + 268435455;
    INSERT INTO invitation_search (rowid, name, note)
        SELECT number, new.name || char(1), new.note || char(1) FROM invitation_number WHERE invitation_id = new.id;
END;

CREATE TRIGGER invitation_removed BEFORE DELETE ON invitation
BEGIN
    DELETE FROM invitation_search
        WHERE rowid = (SELECT number FROM invitation_number WHERE invitation_id = old.id);
    DELETE FROM invitation_number WHERE invitation_id = old.id;
END;
