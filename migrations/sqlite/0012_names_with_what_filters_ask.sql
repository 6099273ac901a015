-- Nothing to do here: ../postgres puts into its index of names what this one has had there since 0008.
SELECT 1;
