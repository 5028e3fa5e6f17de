ALTER TABLE repairs ALTER COLUMN code TYPE text USING trim(code);
