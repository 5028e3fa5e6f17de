-- Run by a tool that opens a transaction for each file.
ALTER TYPE ticket_state ADD VALUE 'waiting';
ALTER TABLE tickets ALTER COLUMN state SET DEFAULT 'waiting';
