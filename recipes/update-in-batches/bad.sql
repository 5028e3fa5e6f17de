UPDATE orders SET status = 'archived' WHERE total = 0;
