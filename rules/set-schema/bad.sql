ALTER TABLE contacts SET SCHEMA archive;
