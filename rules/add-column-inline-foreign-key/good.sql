ALTER TABLE payments ADD COLUMN customer_id bigint;
