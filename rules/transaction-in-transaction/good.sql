-- Run by a tool that opens a transaction for each file.

ALTER TABLE orders ADD COLUMN channel text;
