BEGIN;
ALTER TABLE orders ADD COLUMN channel text;
-- evenkeel-ignore strong-locks-in-transaction: this example is about the second transaction
ALTER TABLE audit_log ADD COLUMN channel text;
COMMIT;
BEGIN;
ALTER TABLE audit_log ADD COLUMN source text;
ALTER TABLE orders ADD COLUMN source text;
COMMIT;
