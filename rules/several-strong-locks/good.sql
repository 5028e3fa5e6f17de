ALTER TABLE payments ADD COLUMN paid_at timestamptz;
