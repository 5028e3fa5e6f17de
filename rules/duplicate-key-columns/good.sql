CREATE INDEX CONCURRENTLY orders_status_total_idx ON orders (status, total);
