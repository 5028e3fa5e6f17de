ALTER TABLE repairs ALTER COLUMN number TYPE integer;
