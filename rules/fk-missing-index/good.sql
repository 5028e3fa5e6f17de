CREATE INDEX CONCURRENTLY refunds_order_idx ON refunds (order_id);
ALTER TABLE refunds
  ADD CONSTRAINT refunds_order_fkey FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
ALTER TABLE refunds VALIDATE CONSTRAINT refunds_order_fkey;
