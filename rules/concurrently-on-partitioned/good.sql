CREATE INDEX events_day_idx ON ONLY events (day);
CREATE INDEX CONCURRENTLY events_2026_day_idx ON events_2026 (day);
ALTER INDEX events_day_idx ATTACH PARTITION events_2026_day_idx;
