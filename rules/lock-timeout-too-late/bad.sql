ALTER TABLE orders ADD COLUMN channel text;
SET lock_timeout = '500ms';
