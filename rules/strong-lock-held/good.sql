ALTER TABLE orders ADD COLUMN channel text;
UPDATE orders SET channel = 'web' WHERE id BETWEEN 1 AND 1000 AND note IS NULL;
UPDATE orders SET channel = 'web' WHERE id BETWEEN 1001 AND 2000 AND note IS NULL;
