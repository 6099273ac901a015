-- Which letters stand on which shelf. The index of trigrams finds rows and not their order: what is found far down the list took a
-- walk to there. Names with the same first five characters stand on one shelf; this table says of every one, two and three
-- letters in a row on which shelves they stand, in a name or in its note, so that a window onto what is found knows where to
-- begin. It needs no extension. It may know too much, never too little: what is renamed or gone leaves its letters behind.
CREATE TABLE invitation_letters (
    letters TEXT COLLATE "C" NOT NULL,
    shelf   TEXT COLLATE "C" NOT NULL
);
-- Not unique: a transaction would wait for another one that brings the same letters, and two of them for each other.
CREATE INDEX invitation_letters_place ON invitation_letters (letters, shelf);

-- The letters of a name and its note, three by three. Each text ends in two characters more, so that one or two letters are
-- always the first of three.
CREATE FUNCTION invitation_threes(name TEXT, note TEXT) RETURNS TABLE (letters TEXT, shelf TEXT)
LANGUAGE sql IMMUTABLE AS $$
    SELECT substr(text, place, 3), left(name, 5)
    FROM (VALUES (lower(name) || E'\x01\x01'), (lower(note) || E'\x01\x01')) AS both_texts (text),
        generate_series(1, length(text) - 2) AS place
$$;

CREATE FUNCTION invitation_letters_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO invitation_letters (letters, shelf)
            SELECT DISTINCT left(three.letters, size), three.shelf
            FROM (SELECT DISTINCT t.letters, t.shelf FROM added a, invitation_threes(a.name, a.note) AS t) AS three,
                generate_series(1, 3) AS size
            WHERE NOT EXISTS (SELECT 1 FROM invitation_letters l
                WHERE l.letters = left(three.letters, size) AND l.shelf = three.shelf);
    ELSE
        INSERT INTO invitation_letters (letters, shelf)
            SELECT DISTINCT left(three.letters, size), three.shelf
            FROM invitation_threes(new.name, new.note) AS three, generate_series(1, 3) AS size
            WHERE NOT EXISTS (SELECT 1 FROM invitation_letters l
                WHERE l.letters = left(three.letters, size) AND l.shelf = three.shelf);
    END IF;
    RETURN NULL;
END
$$;

INSERT INTO invitation_letters (letters, shelf)
    SELECT DISTINCT left(three.letters, size), three.shelf
    FROM (SELECT DISTINCT t.letters, t.shelf FROM invitation i, invitation_threes(i.name, i.note) AS t) AS three,
        generate_series(1, 3) AS size;

CREATE TRIGGER invitation_added AFTER INSERT ON invitation
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invitation_letters_keep();
CREATE TRIGGER invitation_renamed AFTER UPDATE OF name, note ON invitation
    FOR EACH ROW WHEN (old.name <> new.name OR old.note <> new.note) EXECUTE FUNCTION invitation_letters_keep();

-- The first shelf from a name on (from the back: the last up to it) on which all of some letters stand, NULL where there is none.
-- Each letters' shelves are stepped through in order, from one to the next that all may agree on. It gives up after so many
-- steps, which is as far as is known then: before that shelf they certainly don't stand together.
CREATE FUNCTION invitation_shelf(asked TEXT[], back BOOLEAN, begin_at TEXT) RETURNS TEXT
LANGUAGE plpgsql STABLE AS $$
DECLARE
    here TEXT COLLATE "C" := CASE WHEN back THEN begin_at ELSE left(begin_at, 5) END;
    found TEXT COLLATE "C";
    wanted INTEGER := cardinality(asked);
    agreed INTEGER := 0;
    looked INTEGER := 0;
BEGIN
    WHILE agreed < wanted AND looked < 2000 LOOP
        IF back THEN
            SELECT l.shelf INTO found FROM invitation_letters l
                WHERE l.letters = asked[1 + looked % wanted] AND l.shelf <= here ORDER BY l.shelf DESC LIMIT 1;
        ELSE
            SELECT l.shelf INTO found FROM invitation_letters l
                WHERE l.letters = asked[1 + looked % wanted] AND l.shelf >= here ORDER BY l.shelf LIMIT 1;
        END IF;
        IF found IS NULL THEN
            RETURN NULL;
        END IF;
        agreed := CASE WHEN found = here THEN agreed + 1 ELSE 1 END;
        here := found;
        looked := looked + 1;
    END LOOP;
    RETURN here;
END
$$;
