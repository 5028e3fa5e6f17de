ALTER TABLE orders ADD COLUMN referrer_id integer REFERENCES customers (id);
