-- Plain inheritance, which is not partitioning: the parent has rows of its own.
CREATE TABLE vehicles (
  id integer NOT NULL,
  plate varchar(20),
  wheels integer,
  CONSTRAINT vehicles_pkey PRIMARY KEY (id)
);
CREATE TABLE cars (
  doors integer
) INHERITS (vehicles);
CREATE TABLE trucks (
  id integer NOT NULL,
  plate varchar(20),
  wheels integer,
  axles integer
);
INSERT INTO vehicles SELECT n, 'v ' || n, 4 FROM generate_series(1, 300) n;
INSERT INTO cars SELECT n, 'c ' || n, 4, 5 FROM generate_series(301, 600) n;
INSERT INTO trucks SELECT n, 't ' || n, 6, 3 FROM generate_series(601, 900) n;
