ALTER TYPE ticket_state ADD VALUE 'waiting' AFTER 'stalled';
