ALTER TABLE repairs ALTER COLUMN label TYPE varchar(40);
