CREATE UNIQUE INDEX events_id_day_idx ON ONLY events (id, day);
CREATE UNIQUE INDEX CONCURRENTLY events_2026_id_day_idx ON events_2026 (id, day);
ALTER INDEX events_id_day_idx ATTACH PARTITION events_2026_id_day_idx;
