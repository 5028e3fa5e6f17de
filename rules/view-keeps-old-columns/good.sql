ALTER TABLE documents ADD COLUMN ends_at timestamptz;
