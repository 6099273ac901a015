-- All that a filter looks at stands in the index that is walked along, so that the rows that are passed by need not be read, as
-- in ../sqlite since 0008. The longest name and note together stay below what an entry can hold.
DROP INDEX invitation_by_name;
CREATE INDEX invitation_by_name ON invitation (name, id) INCLUDE (note, expires, max_uses, uses, revoked_at)
    WHERE deleted_at IS NULL;
