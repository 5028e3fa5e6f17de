CREATE INDEX events_day_customer_idx ON events (day, customer_id);
