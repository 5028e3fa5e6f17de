ALTER TABLE orders DROP COLUMN note, ADD COLUMN note jsonb;
