ALTER TABLE refunds
  ADD CONSTRAINT refunds_order_fkey FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
ALTER TABLE refunds
  ADD CONSTRAINT refunds_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments (id) NOT VALID;
ALTER TABLE refunds VALIDATE CONSTRAINT refunds_order_fkey;
ALTER TABLE refunds VALIDATE CONSTRAINT refunds_payment_fkey;
