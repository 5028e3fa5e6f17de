-- The schema that the examples of all rules are judged on.
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  city text
);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint,
  total integer NOT NULL DEFAULT 0,
  status varchar(20),
  note text
);
CREATE TABLE payments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint REFERENCES orders (id)
);
CREATE VIEW open_orders AS SELECT id, status FROM orders WHERE status <> 'done';
