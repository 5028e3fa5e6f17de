-- On PostgreSQL 17.
ALTER TABLE events
  ADD CONSTRAINT events_customer_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
