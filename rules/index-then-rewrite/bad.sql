CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
