UPDATE orders SET status = 'open' WHERE note IS NULL;
