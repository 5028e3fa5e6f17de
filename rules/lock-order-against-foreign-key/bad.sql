BEGIN;
ALTER TABLE payments ADD COLUMN paid_at timestamptz;
ALTER TABLE orders ADD COLUMN paid_at timestamptz;
COMMIT;
