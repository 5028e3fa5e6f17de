CREATE TABLE contacts_fast (LIKE contacts INCLUDING ALL) TABLESPACE fast;
