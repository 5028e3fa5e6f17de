-- Run by a tool that opens a transaction for each file.
CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status);
