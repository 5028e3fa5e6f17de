ALTER TABLE repairs DROP CONSTRAINT repairs_label_check;
ALTER TABLE repairs ALTER COLUMN label TYPE varchar(40);
ALTER TABLE repairs ADD CONSTRAINT repairs_label_check CHECK (label <> '') NOT VALID;
ALTER TABLE repairs VALIDATE CONSTRAINT repairs_label_check;
