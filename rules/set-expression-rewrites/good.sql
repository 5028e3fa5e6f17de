ALTER TABLE repairs ADD COLUMN price_gross integer GENERATED ALWAYS AS (price + price / 4) VIRTUAL;
