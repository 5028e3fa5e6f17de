CREATE TABLE guests (id bigint PRIMARY KEY, name text NOT NULL, invited_by text);
