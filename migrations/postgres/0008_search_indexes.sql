-- Lists are read by key and searched by what stands in them, however long they are: every order has an index, and so
-- has every text of three letters and more. The same columns and orders as in ../sqlite.

-- "Never" as an instant, so that it has a place in the order.
ALTER TABLE invitation ADD COLUMN expires_rank TIMESTAMPTZ NOT NULL
    GENERATED ALWAYS AS (COALESCE(expires, TIMESTAMPTZ '9999-12-31T23:59:59+00:00')) STORED;

CREATE INDEX invitation_by_name ON invitation (name, id) WHERE deleted_at IS NULL;
CREATE INDEX invitation_by_expires ON invitation (expires_rank, name, id) WHERE deleted_at IS NULL;
CREATE INDEX invitation_by_uses ON invitation (uses, name, id) WHERE deleted_at IS NULL;
CREATE INDEX invitation_by_created ON invitation (created_at, name, id) WHERE deleted_at IS NULL;
CREATE INDEX event_object ON event (object_kind, object_name, id);

-- The extension comes with PostgreSQL, in a package of its own on some systems, and a role without CREATE on the
-- database may not install it. Without it a search reads the whole list: slower, and the same rows. Whoever installs it
-- later makes the index by the statement below.
DO $$
DECLARE
    place TEXT;
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'searches are not indexed, pg_trgm is missing: %', SQLERRM;
    END;
    SELECT n.nspname INTO place
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
    IF place IS NOT NULL THEN
        EXECUTE format('CREATE INDEX invitation_search ON invitation USING gin (lower(name) %1$I.gin_trgm_ops, lower(note) %1$I.gin_trgm_ops)', place);
    END IF;
END
$$;
