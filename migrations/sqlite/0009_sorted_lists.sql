-- Users are sorted by more than their user name, and invitations by who made them too. The same columns and orders as in
-- ../postgres.

-- Case does not matter in the order, and "never" is an instant.
ALTER TABLE user_account ADD COLUMN name_rank TEXT NOT NULL GENERATED ALWAYS AS (lower(name)) VIRTUAL;
ALTER TABLE user_account ADD COLUMN path_rank TEXT NOT NULL GENERATED ALWAYS AS (lower(path)) VIRTUAL;
ALTER TABLE user_account ADD COLUMN last_login_rank TEXT NOT NULL
    GENERATED ALWAYS AS (COALESCE(last_login, '1970-01-01T00:00:00+00:00')) VIRTUAL;

CREATE INDEX user_account_by_name ON user_account (name_rank, username_key);
CREATE INDEX user_account_by_path ON user_account (path_rank, username_key);
CREATE INDEX user_account_by_last_login ON user_account (last_login_rank, username_key);
CREATE INDEX invitation_by_creator ON invitation (deleted_at, created_by_name, name, id);
