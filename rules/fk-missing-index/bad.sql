ALTER TABLE refunds
  ADD CONSTRAINT refunds_order_fkey FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
