ALTER TABLE orders ADD COLUMN total_new bigint, ADD COLUMN customer_id_new numeric;
