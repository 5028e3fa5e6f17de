UPDATE orders SET status = 'open';
ANALYZE orders;
