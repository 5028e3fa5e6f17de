CREATE INDEX CONCURRENTLY orders_wide_idx ON orders (customer_id, status, total, note, id);
