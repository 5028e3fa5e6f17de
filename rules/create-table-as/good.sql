CREATE TABLE closed_tickets (LIKE tickets INCLUDING ALL);
