ALTER TABLE payments ADD COLUMN customer_id bigint REFERENCES customers (id);
