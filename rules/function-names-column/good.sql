ALTER TABLE repairs ADD COLUMN stage text;
