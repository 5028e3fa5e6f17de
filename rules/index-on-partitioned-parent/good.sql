CREATE INDEX events_day_customer_idx ON ONLY events (day, customer_id);
CREATE INDEX CONCURRENTLY events_2026_day_customer_idx ON events_2026 (day, customer_id);
ALTER INDEX events_day_customer_idx ATTACH PARTITION events_2026_day_customer_idx;
