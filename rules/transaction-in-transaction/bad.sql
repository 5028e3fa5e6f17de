-- Run by a tool that opens a transaction for each file.

BEGIN;
ALTER TABLE orders ADD COLUMN channel text;
