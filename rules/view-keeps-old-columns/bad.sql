ALTER TABLE sessions ADD COLUMN ends_at timestamptz;
