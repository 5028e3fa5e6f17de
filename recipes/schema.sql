-- The schema that the examples of all recipes are planned on.
CREATE TABLE customers (
  id integer PRIMARY KEY,
  name text NOT NULL
);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id integer,
  email text,
  total integer NOT NULL DEFAULT 0,
  status varchar(20),
  note text NOT NULL
);
CREATE INDEX orders_status_idx ON orders (status);
CREATE TABLE events (
  id integer NOT NULL,
  day date NOT NULL,
  value integer
) PARTITION BY RANGE (day);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE MATERIALIZED VIEW order_owners AS SELECT id, customer_id FROM orders;
CREATE UNIQUE INDEX order_owners_id_idx ON order_owners (id);
CREATE TABLE events_2026 (LIKE events INCLUDING ALL);
CREATE TYPE state AS ENUM ('open', 'closed', 'lost');
CREATE TABLE tickets (
  id integer PRIMARY KEY,
  state state NOT NULL DEFAULT 'open'
);
CREATE TABLE invoices (
  id serial PRIMARY KEY,
  note text
);
