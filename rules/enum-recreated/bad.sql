CREATE TYPE ticket_state_new AS ENUM ('open', 'closed');
ALTER TABLE tickets ALTER COLUMN state DROP DEFAULT;
ALTER TABLE tickets ALTER COLUMN state TYPE ticket_state_new USING state::text::ticket_state_new;
