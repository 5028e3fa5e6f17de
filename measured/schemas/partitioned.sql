-- Partitioned tables with and without a DEFAULT partition, of two levels, by hash, and tables that wait to be attached.
CREATE TABLE devices (
  id integer NOT NULL,
  name text NOT NULL,
  CONSTRAINT devices_pkey PRIMARY KEY (id)
);
INSERT INTO devices SELECT n, 'device ' || n FROM generate_series(1, 300) n;

CREATE TABLE readings (
  id bigint NOT NULL,
  device_id integer NOT NULL,
  taken_on date NOT NULL,
  label varchar(50),
  value integer,
  CONSTRAINT readings_pkey PRIMARY KEY (id, taken_on),
  CONSTRAINT readings_value_check CHECK (value >= 0)
) PARTITION BY RANGE (taken_on);
CREATE TABLE readings_2024 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE readings_2025 PARTITION OF readings FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX readings_device_idx ON readings (device_id);
INSERT INTO readings
SELECT n, 1 + n % 300, '2024-01-01'::date + n % 700, 'label ' || n, n FROM generate_series(1, 1400) n;

CREATE TABLE events (
  id bigint NOT NULL,
  device_id integer,
  happened_on date NOT NULL,
  kind text
) PARTITION BY RANGE (happened_on);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_default PARTITION OF events DEFAULT;
INSERT INTO events
SELECT n, 1 + n % 300, '2023-01-01'::date + n % 1000, 'kind ' || n FROM generate_series(1, 2000) n;

-- As events, but the DEFAULT partition has a check that keeps 2026 out.
CREATE TABLE logs (
  id bigint NOT NULL,
  logged_on date NOT NULL
) PARTITION BY RANGE (logged_on);
CREATE TABLE logs_2025 PARTITION OF logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE logs_default PARTITION OF logs DEFAULT;
ALTER TABLE logs_default ADD CONSTRAINT logs_default_past CHECK (logged_on < '2026-01-01');
INSERT INTO logs SELECT n, '2024-06-01'::date + n % 500 FROM generate_series(1, 1000) n;

CREATE TABLE sales (
  id bigint NOT NULL,
  region text NOT NULL,
  sold_on date NOT NULL,
  amount integer
) PARTITION BY LIST (region);
CREATE TABLE sales_eu PARTITION OF sales FOR VALUES IN ('eu') PARTITION BY RANGE (sold_on);
CREATE TABLE sales_eu_2024 PARTITION OF sales_eu FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE sales_us PARTITION OF sales FOR VALUES IN ('us');
INSERT INTO sales
SELECT n, CASE WHEN n % 2 = 0 THEN 'eu' ELSE 'us' END, '2024-01-01'::date + n % 300, n FROM generate_series(1, 600) n;

CREATE TABLE tokens (
  id bigint NOT NULL,
  payload text
) PARTITION BY HASH (id);
CREATE TABLE tokens_0 PARTITION OF tokens FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE tokens_1 PARTITION OF tokens FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO tokens SELECT n, 'payload ' || n FROM generate_series(1, 600) n;

CREATE TABLE readings_2026 (
  id bigint NOT NULL,
  device_id integer NOT NULL,
  taken_on date NOT NULL,
  label varchar(50),
  value integer,
  CONSTRAINT readings_2026_pkey PRIMARY KEY (id, taken_on),
  CONSTRAINT readings_value_check CHECK (value >= 0)
);
CREATE INDEX readings_2026_device_id_idx ON readings_2026 (device_id);
INSERT INTO readings_2026 SELECT n, 1 + n % 300, '2026-01-01'::date + n % 300, 'label ' || n, n FROM generate_series(1, 300) n;

CREATE TABLE readings_2027 (
  id bigint NOT NULL,
  device_id integer NOT NULL,
  taken_on date NOT NULL,
  label varchar(50),
  value integer,
  CONSTRAINT readings_value_check CHECK (value >= 0),
  CONSTRAINT readings_2027_bounds CHECK (taken_on >= '2027-01-01' AND taken_on < '2028-01-01')
);
INSERT INTO readings_2027 SELECT n, 1 + n % 300, '2027-01-01'::date + n % 300, 'label ' || n, n FROM generate_series(1, 300) n;

CREATE TABLE events_2026 (
  id bigint NOT NULL,
  device_id integer,
  happened_on date NOT NULL,
  kind text
);
INSERT INTO events_2026 SELECT n, 1 + n % 300, '2026-01-01'::date + n % 300, 'kind ' || n FROM generate_series(1, 300) n;

CREATE TABLE events_2027 (
  id bigint NOT NULL,
  device_id integer,
  happened_on date NOT NULL,
  kind text,
  CONSTRAINT events_2027_bounds CHECK (happened_on >= '2027-01-01' AND happened_on < '2028-01-01')
);
INSERT INTO events_2027 SELECT n, 1 + n % 300, '2027-01-01'::date + n % 300, 'kind ' || n FROM generate_series(1, 300) n;

CREATE TABLE logs_2026 (
  id bigint NOT NULL,
  logged_on date NOT NULL,
  CONSTRAINT logs_2026_bounds CHECK (logged_on >= '2026-01-01' AND logged_on < '2027-01-01')
);
INSERT INTO logs_2026 SELECT n, '2026-01-01'::date + n % 300 FROM generate_series(1, 300) n;
