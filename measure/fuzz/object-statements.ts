import type { Table } from '../../src/model/catalog.ts';
import { bound } from './alter-table-statements.ts';
import type { Choices } from './choices.ts';
import { anyType, conditionOn, defaultFor } from './expressions.ts';
import { type Names, quoted } from './names.ts';

export function createIndex(names: Names, choices: Choices, major: number): string {
  const table = names.table();
  const name = choices.one(['made_idx', '', names.indexAnywhere().replace(/^.*\./, '')], 'made_idx');
  const isGuarded = name !== '' && choices.below(6) === 5;
  const keys = choices.oneOf(
    () => names.columns(table),
    () => `lower(${names.column(table)}::text)`,
    () => `(${conditionOn(table, names, choices)})`,
    () => `${names.column(table)} DESC NULLS LAST`,
  );
  const method = choices.one(['', '', '', ' USING hash', ' USING gin', ' USING brin', ' USING gist'], '');
  const include = choices.below(6) === 5 ? ` INCLUDE (${names.column(table)})` : '';
  const where = choices.below(5) === 4 ? ` WHERE ${conditionOn(table, names, choices)}` : '';
  const nulls = major >= 15 && choices.below(12) === 11 ? ' NULLS NOT DISTINCT' : '';
  const target = choices.below(12) === 11 ? names.relation('materialized-view') : names.written(table.name);
  return `CREATE ${choices.rarely('UNIQUE ', 4)}INDEX ${choices.rarely('CONCURRENTLY ', 6)}${isGuarded ? 'IF NOT EXISTS ' : ''}${name} ON ${choices.rarely('ONLY ', 10)}${target}${method} (${keys})${include}${nulls}${where}`;
}

export function aboutIndexes(names: Names, choices: Choices, major: number): string {
  const index = names.indexAnywhere();
  return choices.oneOf(
    () =>
      `DROP INDEX ${choices.rarely('CONCURRENTLY ', 6)}${choices.rarely('IF EXISTS ', 6)}${index}${choices.rarely(' CASCADE', 5)}`,
    () => `REINDEX INDEX ${choices.rarely('CONCURRENTLY ', 6)}${index}`,
    () => `REINDEX TABLE ${choices.rarely('CONCURRENTLY ', 6)}${names.relation('table')}`,
    () => `ALTER INDEX ${index} RENAME TO renamed_idx`,
    () => `ALTER INDEX ${index} SET (fillfactor = 70)`,
    () => `ALTER INDEX ${index} SET TABLESPACE pg_default`,
    () => `ALTER INDEX ${index} ATTACH PARTITION ${names.indexAnywhere()}`,
    () => `CLUSTER ${names.relation('table')}`,
    () => {
      const table = names.table();
      return `CLUSTER ${names.written(table.name)} USING ${names.index(table)}`;
    },
    () => (major >= 14 ? `REINDEX SCHEMA "Odd Schema"` : `REINDEX TABLE loose`),
  );
}

export function createTable(names: Names, choices: Choices): string {
  const name = choices.one(['made', 'app.made', names.relation('table'), '"Made Up"', 'no_such_schema.made'], 'made');
  const start = `CREATE ${choices.one(['', '', '', 'UNLOGGED ', 'TEMP '], '')}TABLE ${choices.rarely('IF NOT EXISTS ', 6)}`;
  const plain = start.includes('TEMP') ? 'made' : name;
  return choices.oneOf(
    () => `${start}${plain} (id integer PRIMARY KEY, other ${anyType(choices)})`,
    () => `${start}${plain} (id integer, ref integer REFERENCES ${names.relation('table')}, CHECK (id > 0))`,
    () => `${start}${plain} (a bigint, b text, FOREIGN KEY (a) REFERENCES customers (id) ON DELETE CASCADE)`,
    () => `${start}${plain} (LIKE ${names.relation('table')}${choices.rarely(' INCLUDING ALL', 2)})`,
    () => `${start}${plain} (extra text) INHERITS (${names.relation('table')})`,
    () => `${start}${plain} PARTITION OF ${names.relation('table')} ${bound(choices)}`,
    () =>
      `${start}${plain} PARTITION OF ${choices.one(['events', 'areas', 'events_2024', 'shards'])} ${bound(choices)}`,
    () => `${start}${plain} (id integer, kind text) PARTITION BY LIST (kind)`,
    () => `${start}${plain} AS ${query(names, choices)}${choices.rarely(' WITH NO DATA', 4)}`,
    () => {
      const type = anyType(choices);
      return `${start}${plain} (a ${type} DEFAULT ${defaultFor(type, choices)}, b integer GENERATED ALWAYS AS IDENTITY)`;
    },
  );
}

export function query(names: Names, choices: Choices): string {
  const table = names.table();
  const name = names.written(table.name);
  return choices.oneOf(
    () => `SELECT * FROM ${name}`,
    () => `SELECT ${names.column(table)} FROM ${name}`,
    () => `SELECT count(*) AS n FROM ${name}`,
    () => `SELECT * FROM ${name} WHERE ${conditionOn(table, names, choices)}`,
    () => `SELECT * FROM ${names.relation('view')}`,
    () => `SELECT * FROM ${names.relation('materialized-view')}`,
    () => `SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id`,
    () => `SELECT a.${names.column(table)} FROM ${name} a`,
    () => 'SELECT 1 AS one',
  );
}

export function views(names: Names, choices: Choices): string {
  return choices.oneOf(
    () =>
      `CREATE ${choices.rarely('OR REPLACE ', 2)}VIEW ${choices.one(['made', 'app.made', names.relation('view')], 'made')} AS ${query(names, choices)}`,
    () =>
      `CREATE OR REPLACE VIEW customer_names AS SELECT id, name, nick${choices.one([', level', '::text', ''])} FROM customers`,
    () =>
      `CREATE MATERIALIZED VIEW ${choices.one(['made', names.relation('materialized-view')])} AS ${query(names, choices)}${choices.rarely(' WITH NO DATA', 3)}`,
    () =>
      `REFRESH MATERIALIZED VIEW ${choices.rarely('CONCURRENTLY ', 3)}${names.relation('materialized-view')}${choices.rarely(' WITH NO DATA', 5)}`,
    () =>
      `ALTER VIEW ${names.relation('view')} ${choices.one(['RENAME TO made', 'SET SCHEMA app', 'RENAME COLUMN id TO made', 'ALTER COLUMN id SET DEFAULT 1', 'OWNER TO pg_monitor', 'SET (security_barrier)'])}`,
    () =>
      `ALTER MATERIALIZED VIEW ${names.relation('materialized-view')} ${choices.one(['RENAME TO made', 'SET SCHEMA app', 'SET (fillfactor = 70)', 'CLUSTER ON totals_key', 'SET WITHOUT CLUSTER'])}`,
  );
}

const KINDS = ['table', 'view', 'materialized-view', 'sequence'] as const;

export function drops(names: Names, choices: Choices): string {
  const guard = choices.rarely('IF EXISTS ', 6);
  const end = choices.one(['', '', ' CASCADE', ' RESTRICT'], '');
  const table = names.table();
  return choices.oneOf(
    () => `DROP TABLE ${guard}${names.relation('table')}${end}`,
    () => `DROP TABLE ${guard}${names.relation('table')}, ${names.relation('table')}${end}`,
    () => {
      const kind = choices.one(KINDS, 'table');
      return `DROP ${kind.replace('-', ' ').toUpperCase()} ${guard}${names.relation(kind)}${end}`;
    },
    () => `DROP TRIGGER ${guard}${names.trigger(table)} ON ${names.written(table.name)}`,
    () => `DROP POLICY ${guard}${names.policy(table)} ON ${names.written(table.name)}`,
    () => `DROP RULE ${guard}journal_keep ON ${choices.one(['loose', names.written(table.name)])}`,
    () => `DROP TYPE ${guard}${choices.one([names.type('enum'), names.type('composite')])}${end}`,
    () => `DROP DOMAIN ${guard}${names.type('domain')}${end}`,
    () => `DROP FUNCTION ${guard}${names.function()}${end}`,
    () => `DROP SCHEMA ${guard}${choices.one(['app', '"Odd Schema"', 'nothing'])}${end}`,
    () => `DROP STATISTICS ${guard}${choices.one(['orders_stats', 'nothing'])}`,
    () => `DROP PUBLICATION ${guard}${choices.one(['changes', 'nothing'])}`,
    () => `DROP PROCEDURE ${guard}${choices.one(['sweep', 'nothing'])}`,
  );
}

export function renames(names: Names, choices: Choices): string {
  const table = names.table();
  const name = names.written(table.name);
  const to = choices.one(['renamed', 'customers', 'id'], 'renamed');
  return choices.oneOf(
    () => `ALTER TABLE ${choices.rarely('IF EXISTS ', 8)}${names.relation('table')} RENAME TO ${to}`,
    () => `ALTER TABLE ${choices.rarely('ONLY ', 10)}${name} RENAME COLUMN ${names.column(table)} TO ${to}`,
    () => `ALTER TABLE ${name} RENAME CONSTRAINT ${names.constraint(table)} TO ${to}`,
    () =>
      `ALTER TABLE ${choices.rarely('IF EXISTS ', 8)}${names.relation('table')} SET SCHEMA ${choices.one(['app', 'public', 'no_such_schema'])}`,
    () => `ALTER TRIGGER ${names.trigger(table)} ON ${name} RENAME TO ${to}`,
    () => `ALTER POLICY ${names.policy(table)} ON ${name} RENAME TO ${to}`,
    () => `ALTER SEQUENCE ${names.relation('sequence')} RENAME TO ${to}`,
    () => `ALTER TYPE ${names.type('enum')} RENAME TO ${to}`,
    () => `ALTER TYPE ${names.type('composite')} RENAME TO ${to}`,
    () => `ALTER DOMAIN ${names.type('domain')} RENAME TO ${to}`,
    () => `ALTER SCHEMA ${choices.one(['app', 'nothing'])} RENAME TO ${choices.one(['renamed', 'public'])}`,
    () => `ALTER FUNCTION ${choices.one(['wild', 'quiet', 'no_such_function'])} RENAME TO ${to}`,
    () => `ALTER STATISTICS orders_stats RENAME TO ${to}`,
  );
}

export function attachments(names: Names, choices: Choices): string {
  const table = names.table();
  const name = names.written(table.name);
  return choices.oneOf(
    () => {
      const event = choices.one(
        ['INSERT', 'UPDATE', 'DELETE', `UPDATE OF ${names.column(table)}`, 'INSERT OR DELETE'],
        'INSERT',
      );
      const each = choices.one(['FOR EACH ROW', 'FOR EACH STATEMENT'], 'FOR EACH ROW');
      return `CREATE TRIGGER ${choices.one(['made', names.trigger(table)])} ${choices.one(['AFTER', 'BEFORE'])} ${event} ON ${name} ${each} EXECUTE FUNCTION ${choices.one(['touch', 'note_order', 'no_such_function', 'wild'])}()`;
    },
    () =>
      `CREATE POLICY ${choices.one(['made', names.policy(table)])} ON ${name} USING (${conditionOn(table, names, choices)})`,
    () => `CREATE POLICY made ON ${name} USING (EXISTS (SELECT 1 FROM ${names.relation('table')}))`,
    () => `ALTER POLICY ${names.policy(table)} ON ${name} USING (true)`,
    () => `CREATE RULE made AS ON INSERT TO ${name} DO ALSO NOTHING`,
    () => `CREATE STATISTICS ${choices.one(['made', 'orders_stats'])} ON ${twoColumns(table, choices)} FROM ${name}`,
    () =>
      `ALTER PUBLICATION ${choices.one(['changes', 'nothing'])} ${choices.one(['ADD', 'DROP', 'SET'])} TABLE ${names.relation('table')}`,
    () => `CREATE PUBLICATION ${choices.one(['made', 'changes'])} FOR TABLE ${names.relation('table')}`,
    () =>
      `COMMENT ON ${choices.one([`TABLE ${names.relation('table')}`, `COLUMN ${name}.${names.column(table)}`, `CONSTRAINT ${names.constraint(table)} ON ${name}`, `TRIGGER ${names.trigger(table)} ON ${name}`, 'INDEX orders_lower_idx', `VIEW ${names.relation('view')}`])} IS 'x'`,
    () =>
      `${choices.one(['GRANT SELECT ON', 'REVOKE ALL ON'])} ${names.relation('table')} ${choices.one(['TO', 'FROM'])} pg_monitor`
        .replace(/^(GRANT.*) FROM /, '$1 TO ')
        .replace(/^(REVOKE.*) TO /, '$1 FROM '),
  );
}

export function typesAndSequences(names: Names, choices: Choices): string {
  const domain = names.type('domain');
  return choices.oneOf(
    () =>
      `ALTER TYPE ${names.type('enum')} ADD VALUE ${choices.rarely('IF NOT EXISTS ', 3)}'${choices.one(['new', 'sad'])}'${choices.rarely(" BEFORE 'ok'", 4)}`,
    () =>
      `ALTER TYPE ${names.type('enum')} RENAME VALUE '${choices.one(['sad', 'nothing'])}' TO '${choices.one(['blue', 'ok'])}'`,
    () =>
      `ALTER DOMAIN ${domain} ADD ${choices.rarely('CONSTRAINT made ', 2)}CHECK (VALUE IS NOT NULL)${choices.rarely(' NOT VALID', 2)}`,
    () => `ALTER DOMAIN ${domain} ${choices.one(['SET NOT NULL', 'DROP NOT NULL', "SET DEFAULT '1'", 'DROP DEFAULT'])}`,
    () =>
      `ALTER DOMAIN ${domain} ${choices.one(['DROP', 'VALIDATE'])} CONSTRAINT ${choices.one(['short_text_check', 'nothing'])}`,
    () => `CREATE TYPE ${choices.one(['made', 'mood'])} AS ENUM ('x', 'y')`,
    () => `CREATE DOMAIN ${choices.one(['made', 'plain_text'])} AS ${anyType(choices)} CHECK (VALUE IS NOT NULL)`,
    () => `CREATE TYPE ${choices.one(['made', 'pair'])} AS (a integer)`,
    () =>
      `ALTER TYPE pair ${choices.one(['ADD ATTRIBUTE c integer', 'DROP ATTRIBUTE a', 'ALTER ATTRIBUTE a TYPE text', 'RENAME ATTRIBUTE a TO z'])}`,
    () =>
      `CREATE SEQUENCE ${choices.one(['made', names.relation('sequence')])}${choices.rarely(' OWNED BY customers.id', 3)}`,
    () =>
      `ALTER SEQUENCE ${choices.rarely('IF EXISTS ', 8)}${names.relation('sequence')} ${choices.one(['INCREMENT BY 2', 'RESTART', 'AS integer', 'OWNED BY NONE', 'OWNED BY orders.id', 'OWNER TO pg_monitor'])}`,
    () => {
      const result = choices.one(['integer', 'text']);
      const name = choices.one(['made', 'wild', 'quiet'], 'made');
      return `CREATE ${choices.rarely('OR REPLACE ', 2)}FUNCTION ${name}() RETURNS ${result} LANGUAGE sql AS $$ SELECT NULL::${result} $$`;
    },
    () => `CREATE FUNCTION made() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM ${names.relation('table')} $$`,
  );
}

export function maintenance(names: Names, choices: Choices): string {
  return choices.oneOf(
    () =>
      `TRUNCATE ${choices.rarely('ONLY ', 6)}${names.relation('table')}${choices.rarely(' RESTART IDENTITY', 4)}${choices.rarely(' CASCADE', 2)}`,
    () =>
      `LOCK TABLE ${choices.rarely('ONLY ', 6)}${choices.one([names.relation('table'), names.relation('view')])} IN ${choices.one(['SHARE', 'ACCESS SHARE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'])} MODE`,
    () => `ANALYZE ${names.relation('table')}`,
    () => `VACUUM ${choices.rarely('FULL ', 2)}${names.relation('table')}`,
    () => `SELECT nextval('${choices.one(['ticket_seq', 'app.free_seq', 'nothing'])}')`,
  );
}

export function rows(names: Names, choices: Choices): string {
  const table = names.table();
  const name = names.written(table.name);
  const where = choices.one(['', ` WHERE ${conditionOn(table, names, choices)}`, key(table)], '');
  return choices.oneOf(
    () => query(names, choices),
    () => `DELETE FROM ${name}${where}`,
    () => {
      const column = names.column(table);
      return `UPDATE ${name} SET ${column} = ${column}${where}`;
    },
    () => `INSERT INTO ${name} SELECT * FROM ${name} LIMIT 1`,
    () => `SELECT * FROM ${name}${where} FOR ${choices.one(['UPDATE', 'SHARE', 'KEY SHARE'])}`,
    () =>
      `DO $$ BEGIN ${choices.one([`LOCK TABLE ${name} IN SHARE MODE`, `PERFORM 1 FROM ${name}`, `ALTER TABLE ${name} SET (fillfactor = 60)`])}; END $$`,
  );
}

function key(table: Table): string {
  const column = table.columns.find((one) => one.name.toLowerCase() === 'id');
  return column === undefined || column.type.name === 'uuid' ? '' : ` WHERE ${quoted(column.name)} = 1`;
}

function twoColumns(table: Table, choices: Choices): string {
  const first = choices.below(table.columns.length - 1);
  return table.columns
    .slice(first, first + 2)
    .map((column) => quoted(column.name))
    .join(', ');
}
