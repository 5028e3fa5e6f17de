ALTER TABLE tickets ADD CONSTRAINT tickets_state_check CHECK (state <> 'stalled') NOT VALID;
UPDATE tickets SET state = 'open' WHERE id = 1;
ALTER TABLE tickets VALIDATE CONSTRAINT tickets_state_check;
