ALTER TYPE ticket_state RENAME VALUE 'stalled' TO 'waiting';
