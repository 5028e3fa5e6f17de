CREATE UNIQUE INDEX CONCURRENTLY ledger_lines_id_idx ON ledger_lines (id);
SET lock_timeout = '100ms';
ALTER TABLE ledger_lines REPLICA IDENTITY USING INDEX ledger_lines_id_idx;
ALTER TABLE ledger_lines DROP CONSTRAINT ledger_lines_pkey;
