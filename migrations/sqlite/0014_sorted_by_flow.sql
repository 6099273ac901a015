-- Invitations are sorted by the slug of their flow, too. It is kept with each, so that the order has an index; what keeps it right
-- stands here. Those for any flow come first.
ALTER TABLE invitation ADD COLUMN flow_rank TEXT NOT NULL DEFAULT '';
UPDATE invitation SET flow_rank = (SELECT slug FROM flow WHERE id = flow_id) WHERE flow_id IS NOT NULL;
CREATE INDEX invitation_by_flow ON invitation (deleted_at, flow_rank, name, id);

CREATE TRIGGER invitation_flow_added AFTER INSERT ON invitation WHEN new.flow_id IS NOT NULL
BEGIN
    UPDATE invitation SET flow_rank = (SELECT slug FROM flow WHERE id = new.flow_id) WHERE id = new.id;
END;

CREATE TRIGGER invitation_flow_changed AFTER UPDATE OF flow_id ON invitation WHEN old.flow_id IS NOT new.flow_id
BEGIN
    UPDATE invitation SET flow_rank = coalesce((SELECT slug FROM flow WHERE id = new.flow_id), '') WHERE id = new.id;
END;

CREATE TRIGGER flow_renamed AFTER UPDATE OF slug ON flow WHEN old.slug <> new.slug
BEGIN
    UPDATE invitation SET flow_rank = new.slug WHERE flow_id = new.id;
END;
