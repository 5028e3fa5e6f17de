ALTER TABLE repairs ADD COLUMN price_gross integer;
