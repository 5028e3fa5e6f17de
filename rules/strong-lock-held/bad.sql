-- Run by a tool that opens a transaction for each file.

ALTER TABLE orders ADD COLUMN channel text;
UPDATE orders SET channel = 'web' WHERE note IS NULL;
