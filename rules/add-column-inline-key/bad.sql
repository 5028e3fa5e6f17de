ALTER TABLE orders ADD COLUMN reference text UNIQUE;
