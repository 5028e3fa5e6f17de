BEGIN;
ALTER TABLE orders ADD COLUMN channel text;
ALTER TABLE audit_log ADD COLUMN channel text;
COMMIT;
