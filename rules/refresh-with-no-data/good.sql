CREATE UNIQUE INDEX CONCURRENTLY ticket_counts_key ON ticket_counts (title);
