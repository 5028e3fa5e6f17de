-- The packing desk lists the oldest open orders all day long.
CREATE INDEX orders_status_created_at_idx ON orders (status, created_at);
