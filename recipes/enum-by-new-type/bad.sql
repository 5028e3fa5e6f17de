ALTER TYPE state RENAME TO state_old;
CREATE TYPE state AS ENUM ('open', 'closed');
ALTER TABLE tickets ALTER COLUMN state DROP DEFAULT;
ALTER TABLE tickets ALTER COLUMN state TYPE state USING state::text::state;
ALTER TABLE tickets ALTER COLUMN state SET DEFAULT 'open';
DROP TYPE state_old;
