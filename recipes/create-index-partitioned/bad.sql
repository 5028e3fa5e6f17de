CREATE INDEX events_value_idx ON events (value);
