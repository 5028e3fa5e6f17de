UPDATE orders SET status = 'open' WHERE id BETWEEN 1 AND 1000;
UPDATE orders SET status = 'open' WHERE id BETWEEN 1001 AND 2000;
ANALYZE orders;
