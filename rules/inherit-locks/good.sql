CREATE TABLE all_people (id bigint NOT NULL, name text NOT NULL);
CREATE TABLE guests () INHERITS (all_people);
