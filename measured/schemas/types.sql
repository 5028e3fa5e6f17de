-- Columns of many types, each kind of dependent (index, check, foreign key, view, trigger, generated column) apart.
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN free_text AS text;
CREATE DOMAIN short_text AS text CONSTRAINT short_text_check CHECK (length(VALUE) < 100);
CREATE DOMAIN given_text AS text NOT NULL;

CREATE TABLE samples (
  id integer NOT NULL,
  v50 varchar(50),
  v varchar,
  t text,
  c10 char(10),
  n10_2 numeric(10, 2),
  n numeric,
  i2 smallint,
  i4 integer,
  i8 bigint,
  f4 real,
  f8 double precision,
  b boolean,
  ts timestamp,
  ts3 timestamp(3),
  tstz timestamptz,
  tstz3 timestamptz(3),
  d date,
  tm3 time(3),
  iv3 interval(3),
  vb8 varbit(8),
  bt8 bit(8),
  m mood,
  js json,
  jb jsonb,
  uuid_text text,
  uid uuid,
  ip inet,
  net cidr,
  i4s integer[],
  v50s varchar(50)[],
  free free_text,
  short short_text,
  number_text text,
  moment_text text,
  oid_column oid,
  binary_column bytea,
  CONSTRAINT samples_pkey PRIMARY KEY (id)
);
INSERT INTO samples
SELECT n, 'v' || n, 'v' || n, 't' || n, 'c' || n, n, n, n, n, n, n, n, true,
       '2024-01-01', '2024-01-01', '2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00', '2024-01-01', '12:00', '1 hour',
       B'101', B'10101010', 'happy', '{"a":1}', '{"a":1}',
       'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '192.168.0.1', '192.168.0.0/24',
       ARRAY[1, 2], ARRAY['a', 'b']::varchar(50)[], 'free', 'short', '42', '2024-01-01', 1, '\x00'
  FROM generate_series(1, 300) n;

CREATE TABLE indexed_samples (
  id integer NOT NULL,
  v50 varchar(50),
  t text,
  t_pattern text,
  ts timestamp,
  n10_2 numeric(10, 2),
  net cidr,
  v50_lower varchar(50),
  v50_partial varchar(50),
  v50_key varchar(50),
  v50_included varchar(50),
  i4 integer,
  CONSTRAINT indexed_samples_pkey PRIMARY KEY (id),
  CONSTRAINT indexed_samples_v50_key UNIQUE (v50_key)
);
CREATE INDEX indexed_samples_v50_idx ON indexed_samples (v50);
CREATE INDEX indexed_samples_t_idx ON indexed_samples (t);
CREATE INDEX indexed_samples_pattern_idx ON indexed_samples (t_pattern text_pattern_ops);
CREATE INDEX indexed_samples_ts_idx ON indexed_samples (ts);
CREATE INDEX indexed_samples_n_idx ON indexed_samples (n10_2);
CREATE INDEX indexed_samples_net_idx ON indexed_samples (net);
CREATE INDEX indexed_samples_lower_idx ON indexed_samples (lower(v50_lower));
CREATE INDEX indexed_samples_partial_idx ON indexed_samples (id) WHERE v50_partial <> '';
CREATE INDEX indexed_samples_included_idx ON indexed_samples (id) INCLUDE (v50_included);
INSERT INTO indexed_samples
SELECT n, 'v' || n, 't' || n, 't' || n, '2024-01-01', n, '192.168.0.0/24', 'v' || n, 'v' || n, 'v' || n, 'v' || n, n
  FROM generate_series(1, 300) n;

CREATE TABLE checked_samples (
  id integer NOT NULL,
  v50 varchar(50),
  v50_not_valid varchar(50),
  v50_other varchar(50),
  n10_2 numeric(10, 2),
  CONSTRAINT checked_samples_v50_check CHECK (v50 <> ''),
  CONSTRAINT checked_samples_n_check CHECK (n10_2 > 0)
);
INSERT INTO checked_samples SELECT n, 'v' || n, 'v' || n, 'v' || n, n FROM generate_series(1, 300) n;
ALTER TABLE checked_samples ADD CONSTRAINT checked_samples_not_valid_check CHECK (v50_not_valid <> '') NOT VALID;

CREATE TABLE owners (
  id integer NOT NULL,
  code varchar(20) NOT NULL,
  CONSTRAINT owners_pkey PRIMARY KEY (id),
  CONSTRAINT owners_code_key UNIQUE (code)
);
CREATE TABLE pets (
  id integer NOT NULL,
  owner_id integer NOT NULL,
  owner_code varchar(20) NOT NULL,
  CONSTRAINT pets_pkey PRIMARY KEY (id),
  CONSTRAINT pets_owner_fk FOREIGN KEY (owner_id) REFERENCES owners (id),
  CONSTRAINT pets_code_fk FOREIGN KEY (owner_code) REFERENCES owners (code)
);
INSERT INTO owners SELECT n, 'code ' || n FROM generate_series(1, 300) n;
INSERT INTO pets SELECT n, 1 + n % 300, 'code ' || (1 + n % 300) FROM generate_series(1, 500) n;

CREATE TABLE dependents (
  id integer NOT NULL,
  seen varchar(50),
  unseen varchar(50),
  watched varchar(50),
  guarded varchar(50),
  source integer,
  doubled integer GENERATED ALWAYS AS (source * 2) STORED
);
INSERT INTO dependents (id, seen, unseen, watched, guarded, source)
SELECT n, 's' || n, 'u' || n, 'w' || n, 'g' || n, n FROM generate_series(1, 300) n;
CREATE VIEW seen_dependents AS SELECT id, seen FROM dependents;
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER dependents_watched BEFORE UPDATE OF watched ON dependents FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER dependents_guarded BEFORE UPDATE ON dependents FOR EACH ROW WHEN (NEW.guarded <> '') EXECUTE FUNCTION note_change();
