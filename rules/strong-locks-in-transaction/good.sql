BEGIN;
ALTER TABLE orders ADD COLUMN channel text;
COMMIT;
BEGIN;
ALTER TABLE audit_log ADD COLUMN channel text;
COMMIT;
