-- Nothing to do here: ../sqlite sorts what its search index finds by name, and finds two letters with it. PostgreSQL's planner
-- chooses between its index of trigrams and a walk along the names by itself.
SELECT 1;
