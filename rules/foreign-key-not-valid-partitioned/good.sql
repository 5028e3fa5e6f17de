-- On PostgreSQL 17.
ALTER TABLE events_2026
  ADD CONSTRAINT events_2026_customer_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_customer_fkey;
ALTER TABLE events ADD CONSTRAINT events_customer_fkey FOREIGN KEY (customer_id) REFERENCES customers (id);
