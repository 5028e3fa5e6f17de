CREATE INDEX CONCURRENTLY orders_status_twice_idx ON orders (status, status);
