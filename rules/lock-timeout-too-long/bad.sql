SET lock_timeout = '10s';
ALTER TABLE orders ADD COLUMN channel text;
