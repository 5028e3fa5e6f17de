CREATE SEQUENCE order_numbers;
ALTER TABLE orders ADD COLUMN number bigint;
ALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('order_numbers');
-- The rows that are there are numbered in small batches.
