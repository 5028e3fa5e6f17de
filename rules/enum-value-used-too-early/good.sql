-- Run by a tool that opens a transaction for each file.
-- The migration before it has: ALTER TYPE ticket_state ADD VALUE 'waiting'
ALTER TABLE tickets ALTER COLUMN state SET DEFAULT 'open';
