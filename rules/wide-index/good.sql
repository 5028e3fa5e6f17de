CREATE INDEX CONCURRENTLY orders_customer_status_idx ON orders (customer_id, status) INCLUDE (total);
