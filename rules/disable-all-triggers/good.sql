SET lock_timeout = '100ms';
ALTER TABLE ticket_notes ALTER CONSTRAINT ticket_notes_ticket_id_fkey DEFERRABLE INITIALLY IMMEDIATE;
