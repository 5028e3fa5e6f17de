ALTER TABLE orders ADD COLUMN channel text, ADD COLUMN source text;
ALTER TABLE audit_log ADD COLUMN channel text, ADD COLUMN source text;
