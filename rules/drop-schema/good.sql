-- evenkeel-ignore drop-table, old-code-breaks: nothing has read it since release 41
DROP TABLE archive.old_tickets;
DROP SCHEMA archive;
