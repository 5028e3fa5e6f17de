ALTER TABLE stock ADD COLUMN place text;
