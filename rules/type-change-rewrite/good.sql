-- A trigger and a backfill fill it (evenkeel plan writes them).
ALTER TABLE orders ADD COLUMN total_new bigint;
