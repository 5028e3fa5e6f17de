ALTER TABLE orders ADD COLUMN note_new jsonb;
