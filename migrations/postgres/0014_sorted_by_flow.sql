-- Invitations are sorted by the slug of their flow, too. It is kept with each, so that the order has an index; what keeps it right
-- stands here. Those for any flow come first. The same columns and orders as in ../sqlite.
ALTER TABLE invitation ADD COLUMN flow_rank TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE invitation i SET flow_rank = f.slug FROM flow f WHERE f.id = i.flow_id;
CREATE INDEX invitation_by_flow ON invitation (flow_rank, name, id) WHERE deleted_at IS NULL;

-- The lock lets a flow that is being renamed be renamed first; the foreign key takes the same one.
CREATE FUNCTION invitation_flow_rank() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    SELECT slug INTO new.flow_rank FROM flow WHERE id = new.flow_id FOR KEY SHARE;
    new.flow_rank := coalesce(new.flow_rank, '');
    RETURN new;
END
$$;
CREATE TRIGGER invitation_flow_set BEFORE INSERT OR UPDATE OF flow_id ON invitation
    FOR EACH ROW EXECUTE FUNCTION invitation_flow_rank();

CREATE FUNCTION flow_renamed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE invitation SET flow_rank = new.slug WHERE flow_id = new.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER flow_renamed AFTER UPDATE OF slug ON flow
    FOR EACH ROW WHEN (old.slug <> new.slug) EXECUTE FUNCTION flow_renamed();
