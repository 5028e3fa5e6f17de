SET TimeZone = 'UTC';
ALTER TABLE repairs ALTER COLUMN opened_at TYPE timestamptz;
