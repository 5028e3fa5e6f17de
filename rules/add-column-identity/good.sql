CREATE SEQUENCE audit_log_ids;
ALTER TABLE audit_log ADD COLUMN id bigint;
ALTER TABLE audit_log ALTER COLUMN id SET DEFAULT nextval('audit_log_ids');
-- The rows that are there are numbered in small batches.
