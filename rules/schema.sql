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
-- Indexes and constraints.
CREATE INDEX customers_city_idx ON customers (city);
CREATE TABLE events (
  id bigint NOT NULL,
  day date NOT NULL,
  customer_id bigint
) PARTITION BY RANGE (day);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX events_customer_idx ON events (customer_id);
CREATE TABLE audit_log (happened_at timestamptz NOT NULL, message text);
CREATE TABLE couriers (code text, name text NOT NULL CHECK (name <> ''));
CREATE UNIQUE INDEX couriers_code_idx ON couriers (code);
CREATE TABLE refunds (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint,
  payment_id bigint
);
CREATE TABLE bookings (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, during tstzrange NOT NULL);
CREATE DOMAIN amount AS integer;
CREATE TABLE invoices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total amount);
CREATE TABLE ledger_lines (id bigint PRIMARY KEY, amount integer NOT NULL);
CREATE PUBLICATION ledger_feed FOR TABLE ledger_lines;
-- Tables, partitions, views, triggers and rights.
CREATE TABLE visits (id bigint NOT NULL, seen_on date NOT NULL, path text) PARTITION BY RANGE (seen_on);
CREATE TABLE visits_2025 PARTITION OF visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE visits_rest PARTITION OF visits DEFAULT;
ALTER TABLE visits_rest ADD CONSTRAINT visits_rest_check CHECK (seen_on < '2027-01-01');
CREATE TABLE readings (id bigint NOT NULL, read_on date NOT NULL, value integer) PARTITION BY RANGE (read_on);
CREATE TABLE readings_2025 PARTITION OF readings FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE readings_2026 (id bigint NOT NULL, read_on date NOT NULL, value integer);
CREATE TABLE trips (id bigint NOT NULL, started_on date NOT NULL, rider text) PARTITION BY RANGE (started_on);
CREATE TABLE trips_2025 PARTITION OF trips FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX trips_rider_idx ON trips (rider);
CREATE TABLE trips_2026 (
  id bigint NOT NULL,
  started_on date NOT NULL CHECK (started_on >= '2026-01-01' AND started_on < '2027-01-01'),
  rider text
);
CREATE TYPE ticket_state AS ENUM ('open', 'stalled', 'closed');
CREATE TABLE tickets (
  id bigint PRIMARY KEY,
  title text NOT NULL,
  state ticket_state NOT NULL DEFAULT 'open',
  changed_at timestamptz
);
CREATE TABLE ticket_notes (id bigint PRIMARY KEY, ticket_id bigint REFERENCES tickets (id), body text);
CREATE FUNCTION touch_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER tickets_touch BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE FUNCTION touch_ticket();
CREATE MATERIALIZED VIEW ticket_counts AS SELECT title, count(*) AS tickets FROM tickets GROUP BY title;
CREATE MATERIALIZED VIEW notes_by_ticket AS SELECT ticket_id, count(*) AS notes FROM ticket_notes GROUP BY ticket_id;
CREATE UNIQUE INDEX notes_by_ticket_key ON notes_by_ticket (ticket_id);
CREATE TABLE sessions (id bigint PRIMARY KEY, owner text NOT NULL, token text);
CREATE VIEW all_sessions AS SELECT * FROM sessions;
CREATE TABLE documents (id bigint PRIMARY KEY, owner text NOT NULL);
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY documents_own ON documents USING (owner = current_user);
CREATE TABLE stock (sku text PRIMARY KEY, amount integer NOT NULL DEFAULT 0);
CREATE PUBLICATION feed FOR TABLE stock;
CREATE FUNCTION plain_name(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
CREATE TABLE contacts (id bigint PRIMARY KEY, name text NOT NULL);
CREATE INDEX contacts_name_idx ON contacts (plain_name(name));
CREATE SEQUENCE invoice_numbers AS bigint;
CREATE SCHEMA archive;
CREATE TABLE archive.old_tickets (id bigint PRIMARY KEY, title text);
-- Columns and types.
CREATE DOMAIN fee AS integer CHECK (VALUE >= 0);
CREATE TABLE repairs (
  id serial PRIMARY KEY,
  code varchar(20),
  label varchar(20),
  queue text,
  number bigint NOT NULL,
  price integer,
  price_with_tax integer GENERATED ALWAYS AS (price + price / 5) STORED,
  opened_at timestamp,
  state text,
  token uuid,
  CONSTRAINT repairs_label_check CHECK (label <> ''),
  CONSTRAINT repairs_state_set CHECK (state IS NOT NULL)
);
CREATE INDEX repairs_queue_idx ON repairs (queue, number);
CREATE TABLE repair_parts (id bigint PRIMARY KEY, repair_id integer REFERENCES repairs (id));
CREATE FUNCTION repairs_in(wanted text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM repairs WHERE state = wanted);
END $$;
