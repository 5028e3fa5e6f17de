CREATE TABLE closed_tickets AS SELECT * FROM tickets WHERE state = 'closed';
