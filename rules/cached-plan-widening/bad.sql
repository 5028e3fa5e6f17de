ALTER TABLE repairs ALTER COLUMN code TYPE varchar(40);
