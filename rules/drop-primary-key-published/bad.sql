ALTER TABLE ledger_lines DROP CONSTRAINT ledger_lines_pkey;
