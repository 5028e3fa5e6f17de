-- Kept in step by a trigger and filled in small batches, both columns hold the same when they are swapped.
ALTER TABLE repairs ADD COLUMN code_new text;
