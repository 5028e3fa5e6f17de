ALTER TABLE repairs RENAME COLUMN code TO code_old;
ALTER TABLE repairs RENAME COLUMN label TO code;
