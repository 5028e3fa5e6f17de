CREATE TABLE parents (id bigint NOT NULL, name text NOT NULL);
ALTER TABLE contacts INHERIT parents;
