CREATE INDEX CONCURRENTLY orders_note_idx ON orders USING hash (note);
