ALTER TABLE repairs RENAME COLUMN state TO stage;
