ALTER TABLE repairs ALTER COLUMN price TYPE bigint;
