ALTER TABLE repairs ADD COLUMN price_new bigint;
ALTER TABLE repairs ADD COLUMN price_new_with_tax bigint GENERATED ALWAYS AS (price_new + price_new / 5) VIRTUAL;
