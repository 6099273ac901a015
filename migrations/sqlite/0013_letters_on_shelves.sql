-- Nothing to do here: the numbers of 0011 tell what ../postgres keeps in a table from now on.
SELECT 1;
