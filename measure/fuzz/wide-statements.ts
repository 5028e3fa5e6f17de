import type { Choices } from './choices.ts';
import { anyType, defaultFor } from './expressions.ts';
import { type Names, quoted } from './names.ts';
import { query } from './object-statements.ts';

/** ALTER TABLE ... ADD COLUMN with one to three of everything that a column definition may say. */
export function addColumnInFull(names: Names, choices: Choices, major: number): string {
  const table = names.table();
  const type = anyType(choices);
  const column = choices.one(['added', '"Ädded One"', 'added_two'], 'added');
  const parts = [
    choices.one(['', '', ' COLLATE "C"', ' COLLATE pg_catalog."default"'], ''),
    choices.one(['', ` DEFAULT ${defaultFor(type, choices)}`, ` DEFAULT ${anyDefault(choices)}`], ''),
    choices.one(['', '', ' NOT NULL', ' CONSTRAINT made_nn NOT NULL', ' NULL'], ''),
    choices.one(
      [
        '',
        '',
        ` CONSTRAINT made_check CHECK (${column} IS NULL)`,
        ' UNIQUE',
        ' CONSTRAINT made_key UNIQUE DEFERRABLE INITIALLY DEFERRED',
        ` REFERENCES ${names.relation('table')} ON DELETE SET NULL`,
        ' REFERENCES customers (phone)',
        ` CHECK (pure(length(${column}::text)) > 0)`,
      ],
      '',
    ),
  ];
  const compressed = major >= 14 ? choices.rarely(' COMPRESSION pglz', 8) : '';
  const name = names.written(table.name);
  return `ALTER TABLE ${name} ADD COLUMN ${column} ${type}${compressed}${parts.join('')}`;
}

function anyDefault(choices: Choices): string {
  return choices.one(
    [
      'CASE WHEN random() < 0.5 THEN 1 ELSE 2 END',
      "(now() AT TIME ZONE 'UTC')",
      "now() + interval '1 day'",
      'CURRENT_DATE',
      "current_setting('server_version')",
      "concat('a', 'b')",
      'gen_random_uuid()::text',
      'COALESCE(NULL, 1)',
      "app.made_up('x')",
      'ARRAY[1, 2]',
      'jsonb_build_object()',
      'NULL::integer',
      'txid_current()',
      'timeofday()',
      'statement_timestamp()',
      'pg_backend_pid()',
      'pure(wild())',
      "nextval('app.free_seq'::regclass)",
      "'2024-01-01'::date - '2023-01-01'::date",
      'localtimestamp',
      'session_user',
    ],
    '1',
  );
}

/** Types that lie close to each other, with and without USING and COLLATE. */
export function changeType(names: Names, choices: Choices): string {
  const table = names.table();
  const column = names.column(table);
  const type = choices.one(
    [
      'varchar(60)',
      'varchar(5)',
      'text',
      'citext',
      'bpchar',
      'char(60)',
      'numeric(16, 2)',
      'numeric(30, 10)',
      'numeric',
      'int8',
      'int2',
      'timestamptz',
      'timestamp(6)',
      'timestamp(1)',
      'date',
      'plain_text',
      'nested_text',
      'given_number',
      'mood',
      'unused',
      'text[]',
      'varchar(10)[]',
      'bigint[]',
      'json',
      'jsonb',
      'uuid',
      'float8',
      'name',
      '"char"',
      'money',
      'bytea',
      'pair',
    ],
    'text',
  );
  const collation = /text|char/.test(type) ? choices.one(['', '', ' COLLATE "C"', ' COLLATE "POSIX"'], '') : '';
  const using = choices.one(
    ['', '', '', ` USING ${column}::${type}`, ` USING ${column}::text::${type}`, ' USING NULL', ` USING (${column})`],
    '',
  );
  return `ALTER TABLE ${names.written(table.name)} ALTER COLUMN ${column} ${choices.rarely('SET DATA ', 4)}TYPE ${type}${collation}${using}`;
}

/** Words about rows that more than one relation hangs on. */
export function wideRows(names: Names, choices: Choices, major: number): string {
  const table = names.table();
  const name = names.written(table.name);
  const other = names.table();
  return choices.oneOf(
    () => `INSERT INTO ${name} SELECT * FROM ${name} ON CONFLICT DO NOTHING`,
    () => `INSERT INTO customers (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
    () => `WITH gone AS (DELETE FROM order_lines RETURNING *) INSERT INTO app.journal SELECT now(), sku, 1 FROM gone`,
    () => `WITH gone AS (DELETE FROM ${name} RETURNING 1) SELECT count(*) FROM gone`,
    () =>
      major >= 15
        ? `MERGE INTO loose USING nodes ON loose.a = nodes.id WHEN MATCHED THEN UPDATE SET b = nodes.label WHEN NOT MATCHED THEN INSERT VALUES (nodes.id)`
        : 'DELETE FROM loose USING nodes WHERE loose.a = nodes.id',
    () => `UPDATE orders SET quantity = 1 FROM customers WHERE customers.id = orders.customer_id`,
    () => `SELECT * FROM ${name} a, ${names.written(other.name)} b LIMIT 1`,
    () => `SELECT * FROM ${name} WHERE EXISTS (SELECT 1 FROM ${names.relation('view')})`,
    () => `SELECT pure(1), wild() FROM ${name}`,
    () => `COPY ${name} TO '/dev/null'`,
    () => `COPY (SELECT * FROM ${name}) TO '/dev/null'`,
    () => `TABLE ${name}`,
    () => `SELECT * FROM ${name} FOR UPDATE OF ${quoted(table.name.name)} SKIP LOCKED`,
    () => `TRUNCATE ${name}, ${names.written(other.name)}${choices.rarely(' CASCADE', 2)}`,
    () => `LOCK TABLE ${name}, ${names.written(other.name)} IN SHARE ROW EXCLUSIVE MODE`,
    () => `LOCK ${names.relation('view')}`,
    () => `SELECT setval('ticket_seq', 5), currval('ticket_seq')`,
    () => `ANALYZE ${name}, ${names.written(other.name)}`,
    () => `ANALYZE ${name} (${names.column(table)})`,
    () => `SELECT * INTO made FROM ${name}`,
    () => `CALL sweep()`,
    () => `DELETE FROM ONLY ${name}`,
    () => `UPDATE ${name} SET ${names.column(table)} = DEFAULT`,
  );
}

/** Blocks of code, functions and what calls them. */
export function code(names: Names, choices: Choices): string {
  const table = names.table();
  const name = names.written(table.name);
  return choices.oneOf(
    () => `DO $$ BEGIN ALTER TABLE ${name} ADD COLUMN added integer; END $$`,
    () => `DO $$ BEGIN CREATE INDEX made_idx ON ${name} (${names.column(table)}); END $$`,
    () => `DO $$ BEGIN EXECUTE 'ALTER TABLE ${name.replaceAll("'", "''")} SET (fillfactor = 50)'; END $$`,
    () =>
      `DO $$ BEGIN IF EXISTS (SELECT 1 FROM ${names.relation('table')}) THEN DROP TABLE ${names.relation('table')}; END IF; END $$`,
    () =>
      `DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM ${name} LOOP UPDATE app.journal SET level = 1; EXIT; END LOOP; END $$`,
    () => `DO $$ BEGIN PERFORM wild(); TRUNCATE ${name}; EXCEPTION WHEN OTHERS THEN NULL; END $$`,
    () => `DO 'BEGIN RENAME_ME(); END'`,
    () =>
      `CREATE ${choices.rarely('OR REPLACE ', 2)}FUNCTION made(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (SELECT count(*) FROM ${name}); END $$`,
    () => `CREATE FUNCTION made() RETURNS SETOF ${name} LANGUAGE sql STABLE AS $$ SELECT * FROM ${name} $$`,
    () =>
      `CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := 1; RETURN NEW; END $$`,
    () => `CREATE PROCEDURE made() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM ${name}; COMMIT; END $$`,
    () => `ALTER FUNCTION wild() STABLE`,
    () => `ALTER FUNCTION pure(integer) SET SCHEMA app`,
    () =>
      `DROP FUNCTION ${choices.one(['pure(integer)', 'touch()', 'wild(), quiet()', 'pure', 'note_order'])}${choices.rarely(' CASCADE', 2)}`,
    () => `DROP ROUTINE ${choices.one(['sweep', 'quiet', 'nothing'])}`,
    () => `CREATE INDEX made_idx ON ${name} (${choices.one(['pure(1)', 'wild()', 'now()', 'random()'])})`,
    () => `CREATE INDEX ON orders (pure(id)) WHERE pure(id) > 1`,
    () =>
      `ALTER TABLE ${name} ADD CHECK (${choices.one(['wild() > 0', 'now() > NULL', 'quiet() = 42', 'random() > -1'])})`,
  );
}

/** What is rarely written, but takes locks all the same. */
export function odds(names: Names, choices: Choices, major: number): string {
  const table = names.table();
  const name = names.written(table.name);
  return choices.oneOf(
    () =>
      `ALTER INDEX ${choices.rarely('IF EXISTS ', 4)}${names.indexAnywhere()} ${choices.one(['RESET (fillfactor)', 'ALTER COLUMN 1 SET STATISTICS 10', 'DEPENDS ON EXTENSION plpgsql', 'SET SCHEMA app', 'OWNER TO pg_monitor'])}`,
    () =>
      `ALTER TABLE ${names.indexAnywhere()} ${choices.one(['RENAME TO renamed', 'SET (fillfactor = 50)', 'ADD COLUMN x integer'])}`,
    () =>
      `ALTER TABLE ${names.relation('view')} ${choices.one(['RENAME TO renamed', 'SET (security_barrier = true)', 'ALTER COLUMN id SET DEFAULT 1', 'OWNER TO pg_monitor', 'SET SCHEMA app', 'RENAME COLUMN id TO renamed'])}`,
    () =>
      `ALTER TABLE ${names.relation('sequence')} ${choices.one(['RENAME TO renamed', 'OWNER TO pg_monitor', 'SET SCHEMA app', 'SET LOGGED'])}`,
    () =>
      `ALTER MATERIALIZED VIEW ${names.relation('materialized-view')} ${choices.one(['ALTER COLUMN total SET STATISTICS 10', 'RENAME COLUMN total TO renamed', 'OWNER TO pg_monitor', 'SET TABLESPACE pg_default', 'RESET (fillfactor)', 'ALTER COLUMN nick SET STORAGE EXTERNAL'])}`,
    () =>
      `ALTER VIEW ${choices.rarely('IF EXISTS ', 3)}${names.relation('view')} ${choices.one(['ALTER COLUMN id DROP DEFAULT', 'RESET (security_barrier)', 'SET (check_option = local)', 'RENAME TO customers'])}`,
    () =>
      `ALTER SEQUENCE ${names.relation('sequence')} ${choices.one(['SET SCHEMA app', 'OWNED BY customers.id', 'MAXVALUE 100000', 'AS smallint', 'RESTART WITH 100', 'CACHE 10 NO CYCLE', 'OWNED BY no_such.id', 'AS text'])}`,
    () => `DROP SEQUENCE ${names.relation('sequence')}${choices.rarely(' CASCADE', 2)}`,
    () =>
      `DROP ${choices.one(['VIEW', 'MATERIALIZED VIEW'])} ${names.relation('view')}, ${names.relation('view')}${choices.rarely(' CASCADE', 2)}`,
    () => `DROP INDEX ${names.indexAnywhere()}, ${names.indexAnywhere()}`,
    () => `DROP TYPE ${choices.one(['mood', 'pair', 'unused', 'plain_text'])} CASCADE`,
    () => `DROP DOMAIN ${names.type('domain')} CASCADE`,
    () => `DROP SCHEMA ${choices.one(['app', '"Odd Schema"', 'app, "Odd Schema"'])} CASCADE`,
    () => `DROP TABLE ${names.relation('table')}, ${names.relation('table')}, ${names.relation('table')} CASCADE`,
    () => `DROP OWNED BY pg_monitor`,
    () =>
      `COMMENT ON ${choices.one(['TYPE mood', 'SCHEMA app', 'FUNCTION wild()', 'DOMAIN plain_text', 'SEQUENCE ticket_seq', 'POLICY customers_mine ON customers', 'RULE journal_keep ON loose', 'MATERIALIZED VIEW totals', 'INDEX orders_lower_idx', 'STATISTICS orders_stats', 'PUBLICATION changes', 'COLUMN customer_names.id'])} IS NULL`,
    () =>
      `GRANT ${choices.one([`INSERT (${names.column(table)}) ON ${name}`, 'USAGE ON SCHEMA app', 'SELECT ON ALL TABLES IN SCHEMA app', 'USAGE ON SEQUENCE ticket_seq', 'EXECUTE ON FUNCTION wild()', 'USAGE ON TYPE mood'])} TO PUBLIC`,
    () =>
      `CREATE ${choices.rarely('OR REPLACE ', 2)}RULE made AS ON ${choices.one(['UPDATE', 'DELETE', 'INSERT'])} TO ${choices.one([name, names.relation('view')])} DO ${choices.one(['ALSO', 'INSTEAD'])} ${choices.one(['NOTHING', 'DELETE FROM loose', "INSERT INTO app.journal VALUES (now(), 'x', 1)"])}`,
    () =>
      `CREATE ${major >= 14 ? choices.rarely('OR REPLACE ', 2) : ''}TRIGGER ${choices.one(['made', names.trigger(table)])} ${choices.one(['BEFORE TRUNCATE', 'AFTER UPDATE', 'INSTEAD OF INSERT', 'BEFORE INSERT OR UPDATE'])} ON ${choices.one([name, names.relation('view')])} ${choices.one(['', 'FOR EACH ROW ', 'FOR EACH STATEMENT '])}EXECUTE FUNCTION touch()`,
    () =>
      `CREATE TRIGGER made AFTER UPDATE ON ${name} FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch()`,
    () =>
      `CREATE CONSTRAINT TRIGGER made AFTER INSERT ON ${name} ${choices.one(['', 'FROM customers '])}DEFERRABLE FOR EACH ROW EXECUTE FUNCTION touch()`,
    () =>
      `ALTER TABLE ${name} ${choices.one(['ENABLE', 'ENABLE REPLICA', 'ENABLE ALWAYS', 'DISABLE'])} ${choices.one([`TRIGGER ${names.trigger(table)}`, 'RULE journal_keep', 'TRIGGER orders_touch'])}`,
    () => `CREATE PUBLICATION made FOR ALL TABLES`,
    () =>
      `ALTER PUBLICATION changes ${choices.one(["SET (publish = 'insert')", 'RENAME TO renamed', `ADD TABLE ${name}, loose`, 'OWNER TO pg_monitor'])}`,
    () =>
      major >= 15
        ? `CREATE PUBLICATION made FOR TABLES IN SCHEMA ${choices.one(['app', 'public', 'nothing'])}`
        : `CREATE PUBLICATION made`,
    () =>
      major >= 15 ? `CREATE PUBLICATION made FOR TABLE orders (id, code) WHERE (id > 1)` : `CREATE PUBLICATION made`,
    () =>
      `${major >= 14 ? `CREATE STATISTICS made ON (lower(${names.column(table)}::text)) FROM ${name}` : 'CREATE STATISTICS made ON id, code FROM orders'}`,
    () =>
      `ALTER STATISTICS ${choices.one(['orders_stats', 'nothing'])} ${choices.one(['SET SCHEMA app', 'OWNER TO pg_monitor'])}`,
    () => `CREATE TABLE made (LIKE ${names.relation('table')} INCLUDING ${choice3(choices)}, extra integer)`,
    () =>
      `CREATE TABLE made (id integer, CHECK (id > 0)) INHERITS (${names.relation('table')}, ${names.relation('table')})`,
    () => `CREATE TABLE made AS ${query(names, choices)}`,
    () => `CREATE TABLE made (id integer REFERENCES ${name}, day date) PARTITION BY RANGE (day)`,
    () =>
      `CREATE TABLE made PARTITION OF ${choices.one(['events', 'events_2024', 'shards', 'areas'])} (CONSTRAINT made_check CHECK (true)) ${choices.one(["FOR VALUES FROM ('2026-01-01') TO ('2026-06-01')", "FOR VALUES IN ('z')", 'DEFAULT', 'FOR VALUES WITH (MODULUS 2, REMAINDER 0)'])} PARTITION BY LIST (${choices.one(['id', 'kind', 'code', 'nothing'])})`,
    () => `CREATE SCHEMA ${choices.rarely('IF NOT EXISTS ', 2)}${choices.one(['made', 'app'])}`,
    () => `CREATE EXTENSION IF NOT EXISTS plpgsql`,
    () =>
      `ALTER TYPE ${choices.one(['mood', 'pair', 'unused'])} ${choices.one(['SET SCHEMA app', 'OWNER TO pg_monitor'])}`,
    () =>
      `ALTER DOMAIN ${names.type('domain')} ${choices.one(['SET SCHEMA app', 'OWNER TO pg_monitor', 'RENAME CONSTRAINT short_text_check TO renamed', "ADD CHECK (VALUE <> 'zzz') NOT VALID", "ADD CONSTRAINT short_text_check CHECK (VALUE <> 'zzz')"])}`,
    () =>
      `ALTER TYPE pair ${choices.one(['ADD ATTRIBUTE c text CASCADE', 'DROP ATTRIBUTE IF EXISTS z', 'ALTER ATTRIBUTE a TYPE bigint CASCADE'])}`,
    () => `SET search_path TO ${choices.one(['app, public', '"Odd Schema"', 'public', 'DEFAULT'])}`,
    () => `SET LOCAL search_path = app`,
    () => `SET CONSTRAINTS ALL ${choices.one(['DEFERRED', 'IMMEDIATE'])}`,
    () => `REASSIGN OWNED BY pg_monitor TO CURRENT_USER`,
    () => `ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC`,
    () => `REINDEX (VERBOSE) ${choices.one([`TABLE ${name}`, 'SCHEMA app', `INDEX ${names.indexAnywhere()}`])}`,
    () => `CLUSTER`,
    () => `CHECKPOINT`,
    () => `ALTER POLICY ${names.policy(table)} ON ${name} TO pg_monitor`,
    () => `ALTER RULE journal_keep ON ${choices.one(['loose', name])} RENAME TO renamed`,
  );
}

function choice3(choices: Choices): string {
  return choices.one(
    ['DEFAULTS', 'CONSTRAINTS', 'INDEXES', 'IDENTITY', 'GENERATED', 'STATISTICS', 'ALL EXCLUDING INDEXES'],
    'ALL',
  );
}
