-- Run by a tool that opens no transaction.
ALTER TABLE orders ADD COLUMN channel text, ADD COLUMN source text;
