-- Whether the placeholder and the initial value are expressions.
ALTER TABLE prompt ADD COLUMN placeholder_expression BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE prompt ADD COLUMN initial_value_expression BOOLEAN NOT NULL DEFAULT FALSE;
