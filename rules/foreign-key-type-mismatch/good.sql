ALTER TABLE orders ADD COLUMN referrer_id bigint;
CREATE INDEX CONCURRENTLY orders_referrer_idx ON orders (referrer_id);
ALTER TABLE orders
  ADD CONSTRAINT orders_referrer_fkey FOREIGN KEY (referrer_id) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_referrer_fkey;
