SET TimeZone = 'Europe/Berlin';
ALTER TABLE repairs ALTER COLUMN opened_at TYPE timestamptz;
