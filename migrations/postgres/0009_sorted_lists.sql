-- Users are sorted by more than their user name, and invitations by who made them too. The same columns and orders as in
-- ../sqlite.

-- Case does not matter in the order, and "never" is an instant.
ALTER TABLE user_account ADD COLUMN name_rank TEXT COLLATE "C" NOT NULL
    GENERATED ALWAYS AS (lower(name COLLATE "C")) STORED;
ALTER TABLE user_account ADD COLUMN path_rank TEXT COLLATE "C" NOT NULL
    GENERATED ALWAYS AS (lower(path COLLATE "C")) STORED;
ALTER TABLE user_account ADD COLUMN last_login_rank TIMESTAMPTZ NOT NULL
    GENERATED ALWAYS AS (COALESCE(last_login, TIMESTAMPTZ '1970-01-01T00:00:00+00:00')) STORED;

CREATE INDEX user_account_by_name ON user_account (name_rank, username_key);
CREATE INDEX user_account_by_path ON user_account (path_rank, username_key);
CREATE INDEX user_account_by_last_login ON user_account (last_login_rank, username_key);
CREATE INDEX invitation_by_creator ON invitation (created_by_name, name, id) WHERE deleted_at IS NULL;
