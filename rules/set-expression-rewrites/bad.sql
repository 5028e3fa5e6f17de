ALTER TABLE repairs ALTER COLUMN price_with_tax SET EXPRESSION AS (price + price / 4);
