CREATE INDEX CONCURRENTLY repairs_number_idx ON repairs (number);
-- evenkeel-ignore drop-column, data-loss: nothing has read or written it since release 41
ALTER TABLE repairs DROP COLUMN queue;
