ALTER TABLE contacts RENAME TO people;
