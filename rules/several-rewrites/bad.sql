ALTER TABLE payments ALTER COLUMN id TYPE numeric;
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
ALTER TABLE orders ALTER COLUMN customer_id TYPE numeric;
