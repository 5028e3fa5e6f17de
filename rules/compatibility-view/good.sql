CREATE VIEW people AS SELECT * FROM contacts;
