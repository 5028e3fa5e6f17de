ALTER TABLE orders ADD COLUMN touched_at timestamptz;
ALTER TABLE customers ADD COLUMN touched_at timestamptz;
