import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { findingsOf, rulesAbout } from '../support/rules-about.ts';

beforeAll(() => loadParser());

const schema = `CREATE TYPE mood AS ENUM ('sad', 'glad');
  CREATE TABLE a (id int PRIMARY KEY, name text, mood mood);
  CREATE TABLE bare (x int, mood text);
  CREATE FUNCTION low(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)';
  CREATE INDEX a_low ON a (low(name));
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE TABLE guarded (id int PRIMARY KEY); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON guarded USING (true);
  CREATE SEQUENCE numbers;`;
const about = (sql: string): readonly string[] => rulesAbout(sql, { schema });

describe('row security', () => {
  const ENABLE = 'ALTER TABLE a ENABLE ROW LEVEL SECURITY;';
  const CREATE = 'CREATE POLICY p ON a USING (true);';

  test('needs a policy by the commit', () => {
    expect(about(ENABLE)).toContain('row-security-without-policy');
    expect(about(`${CREATE} ${ENABLE}`)).not.toContain('row-security-without-policy');
    expect(about(`BEGIN; ${ENABLE} ${CREATE} COMMIT;`)).not.toContain('row-security-without-policy');
    expect(about(`BEGIN; ${ENABLE} COMMIT; ${CREATE}`)).toContain('row-security-without-policy');
    expect(about('CREATE TABLE n (id int); ALTER TABLE n ENABLE ROW LEVEL SECURITY')).toEqual([]);
    expect(about('ALTER TABLE guarded ENABLE ROW LEVEL SECURITY')).toEqual(['lock-queue']);
  });

  test('hides all rows when the last policy goes', () => {
    const drop = 'DROP POLICY own ON guarded;';
    expect(about(drop)).toEqual(['policy-drop-before-create', 'policy-change']);
    expect(about(`CREATE POLICY other ON guarded USING (true); ${drop}`)).not.toContain('policy-drop-before-create');
    expect(about(`BEGIN; ${drop} CREATE POLICY own ON guarded USING (false); COMMIT;`)).not.toContain(
      'policy-drop-before-create',
    );
  });

  test('that is off makes a policy a matter of its lock alone', () => {
    expect(about(CREATE)).toEqual(['lock-queue']);
    expect(about('CREATE POLICY other ON guarded USING (true)')).toEqual(['policy-change']);
  });
});

describe('triggers', () => {
  test('are told by their own names, and fresh tables are nobody else’s', () => {
    expect(about('CREATE TRIGGER u BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION touch()')).toEqual([
      'create-trigger',
    ]);
    expect(about('DROP TRIGGER t ON a')).toEqual(['drop-trigger']);
    expect(about('DROP TRIGGER IF EXISTS missing ON a')).toEqual([]);
    expect(about('ALTER TABLE a DISABLE TRIGGER t')).toEqual(['disable-trigger', 'lock-queue']);
    expect(about('ALTER TABLE a DISABLE TRIGGER ALL')).toEqual(['disable-all-triggers', 'lock-queue']);
    const fresh = `CREATE TABLE n (id int); CREATE TRIGGER u BEFORE INSERT ON n FOR EACH ROW EXECUTE FUNCTION touch();
      ALTER TABLE n DISABLE TRIGGER ALL; DROP TRIGGER u ON n;`;
    expect(about(fresh)).toEqual([]);
  });
});

describe('a function that is replaced', () => {
  const replace = (name: string, body: string): string =>
    `CREATE OR REPLACE FUNCTION ${name}(text) RETURNS text LANGUAGE sql IMMUTABLE AS '${body}'`;

  test('matters to what was reckoned with it, and only with another body', () => {
    expect(about(replace('low', 'SELECT upper($1)'))).toEqual(['function-in-use']);
    expect(about(replace('low', 'SELECT lower($1)'))).toEqual([]);
    expect(about(replace('other', 'SELECT upper($1)'))).toEqual([]);
    const trigger = `CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'`;
    expect(about(trigger)).toEqual([]);
  });

  test('SECURITY DEFINER needs a search_path of its own', () => {
    const make = (options: string): string => `CREATE FUNCTION f() RETURNS int LANGUAGE sql ${options} AS 'SELECT 1'`;
    expect(about(make('SECURITY DEFINER'))).toEqual(['security-definer-search-path']);
    expect(about(make('SECURITY DEFINER SET search_path = pg_catalog'))).toEqual([]);
    expect(about(make('SECURITY DEFINER SET work_mem = 1024'))).toEqual(['security-definer-search-path']);
    expect(about(make('SECURITY INVOKER'))).toEqual([]);
  });
});

describe('rights', () => {
  test('given to PUBLIC and taken from it are two things', () => {
    expect(about('GRANT SELECT ON a TO PUBLIC')).toEqual(['grant-to-public']);
    expect(about('REVOKE ALL ON a FROM PUBLIC')).toEqual([]);
    expect(about('GRANT SELECT ON a TO reader')).toEqual([]);
    expect(about('GRANT EXECUTE ON FUNCTION low(text) TO PUBLIC')).toEqual([]);
  });

  test('of an owner change hands only with a role that is named', () => {
    expect(about('ALTER TABLE a OWNER TO keeper')).toEqual(['owner-change', 'lock-queue']);
    expect(about('ALTER TABLE a OWNER TO CURRENT_USER')).toEqual(['lock-queue']);
    expect(about('CREATE TABLE n (id int); ALTER TABLE n OWNER TO keeper')).toEqual([]);
  });
});

describe('autovacuum', () => {
  test('may be off for a while, not for good', () => {
    const OFF = 'ALTER TABLE a SET (autovacuum_enabled = false);';
    expect(about(OFF)).toEqual(['autovacuum-off']);
    expect(about(`${OFF} ALTER TABLE a RESET (autovacuum_enabled);`)).toEqual([]);
    expect(about(`${OFF} ALTER TABLE a SET (autovacuum_enabled);`)).toEqual([]);
    expect(about('ALTER TABLE a SET (autovacuum_enabled = on, fillfactor = 70)')).toEqual([]);
  });
});

describe('a new value of an enum', () => {
  const ADD = "ALTER TYPE mood ADD VALUE 'calm';";
  const INSERT = "INSERT INTO a VALUES (1, 'x', 'calm');";
  const isEarly = (sql: string, major = 18): boolean =>
    rulesAbout(sql, { schema, major }).includes('enum-value-used-too-early');

  test('cannot be used before the commit', () => {
    expect(isEarly(`BEGIN; ${ADD} ${INSERT} COMMIT;`)).toBe(true);
    expect(isEarly(`BEGIN; ${ADD} COMMIT; ${INSERT}`)).toBe(false);
    expect(isEarly(`${ADD} ${INSERT}`)).toBe(false);
    expect(isEarly(`BEGIN; ${ADD} ALTER TABLE a ALTER mood SET DEFAULT 'calm'; COMMIT;`)).toBe(true);
    expect(isEarly(`BEGIN; ${ADD} ALTER TABLE bare ADD COLUMN m mood DEFAULT 'calm'; COMMIT;`)).toBe(true);
  });

  test('is told from text of the same letters', () => {
    expect(isEarly(`BEGIN; ${ADD} INSERT INTO bare VALUES (1, 'calm'); COMMIT;`)).toBe(false);
    expect(isEarly(`BEGIN; ${ADD} INSERT INTO a VALUES (1, 'x', 'sad'); COMMIT;`)).toBe(false);
  });

  test('can be used at once when the type is as new, from 17 on', () => {
    const sql = `BEGIN; CREATE TYPE fresh AS ENUM ('a'); CREATE TABLE f (x fresh);
      ALTER TYPE fresh ADD VALUE 'b'; INSERT INTO f VALUES ('b'); COMMIT;`;
    expect(isEarly(sql, 16)).toBe(true);
    expect(isEarly(sql, 17)).toBe(false);
  });

  test('is seen across the files of a tool that runs them in one transaction', () => {
    expect(rulesAbout(`${ADD} ${INSERT}`, { schema, transaction: 'run' })).toContain('enum-value-used-too-early');
  });
});

test('an enum that is made anew with all values loses none', () => {
  const change = (labels: string): string => `CREATE TYPE mood2 AS ENUM (${labels});
    ALTER TABLE a ALTER COLUMN mood TYPE mood2 USING mood::text::mood2;`;
  expect(about(change("'glad', 'sad', 'calm'"))).not.toContain('enum-recreated');
  const finding = findingsOf(change("'glad'"), { schema }).find((one) => one.rule === 'enum-recreated');
  expect(finding?.title).toBe("Takes 'sad' out of the values of public.a.mood.");
});

test('a sequence waits for every change, and starts again only with RESTART', () => {
  expect(about('ALTER SEQUENCE numbers RESTART WITH 5')).toEqual(['sequence-restart', 'alter-sequence']);
  expect(about('ALTER SEQUENCE numbers CACHE 5')).toEqual(['alter-sequence']);
  expect(about('CREATE SEQUENCE n; ALTER SEQUENCE n RESTART')).toEqual([]);
});

describe('publications', () => {
  const on = (publication: string): string => `${schema} CREATE PUBLICATION p ${publication};`;
  const publishes = (sql: string, before = schema): boolean =>
    rulesAbout(sql, { schema: before }).includes('publication-without-identity');

  test('need something to tell rows by', () => {
    expect(publishes('CREATE PUBLICATION p FOR TABLE a')).toBe(false);
    expect(publishes('CREATE PUBLICATION p FOR TABLE bare')).toBe(true);
    expect(publishes('CREATE PUBLICATION p FOR ALL TABLES')).toBe(true);
    expect(publishes('CREATE PUBLICATION p FOR TABLES IN SCHEMA public')).toBe(true);
    expect(publishes('ALTER PUBLICATION p ADD TABLE bare', on('FOR TABLE a'))).toBe(true);
    expect(publishes('ALTER TABLE bare REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE bare')).toBe(false);
  });

  test('of inserts alone do not', () => {
    expect(publishes("CREATE PUBLICATION p FOR TABLE bare WITH (publish = 'insert')")).toBe(false);
    expect(publishes("CREATE PUBLICATION p FOR TABLE bare WITH (publish = 'insert, update')")).toBe(true);
    const insertsOnly = on("FOR TABLE a WITH (publish = 'insert')");
    expect(publishes('ALTER PUBLICATION p ADD TABLE bare', insertsOnly)).toBe(false);
    const changed = `${insertsOnly} ALTER PUBLICATION p SET (publish = 'delete');`;
    expect(publishes('ALTER PUBLICATION p ADD TABLE bare', changed)).toBe(true);
  });

  test('of all tables have a new table from the start', () => {
    const all = on('FOR ALL TABLES');
    expect(publishes('CREATE TABLE n (id int)', all)).toBe(true);
    expect(publishes('CREATE TABLE n (id int PRIMARY KEY)', all)).toBe(false);
    expect(publishes('CREATE TABLE n (id int); ALTER TABLE n ADD PRIMARY KEY (id);', all)).toBe(false);
    expect(publishes('CREATE UNLOGGED TABLE n (id int)', all)).toBe(false);
    expect(publishes('CREATE TABLE n (id int)')).toBe(false);
  });

  test('make NOTHING an error, and changes of their tables worth a note', () => {
    const nothing = 'ALTER TABLE a REPLICA IDENTITY NOTHING';
    expect(findingsOf(nothing, { schema })[0]).toMatchObject({ rule: 'replica-identity-nothing', severity: 'warning' });
    expect(findingsOf(nothing, { schema: on('FOR TABLE a') })[0]).toMatchObject({ severity: 'error' });
    expect(about('ALTER TABLE a ADD COLUMN y int')).not.toContain('published-table-changes');
    expect(rulesAbout('ALTER TABLE a ADD COLUMN y int', { schema: on('FOR TABLE a') })).toContain(
      'published-table-changes',
    );
  });
});

describe('rules of taste', () => {
  test('speak to those who ask', () => {
    const sql = `CREATE TABLE n (id int); CREATE UNLOGGED TABLE u (id int PRIMARY KEY);
      CREATE TABLE i (x int PRIMARY KEY) INHERITS (n); CREATE DOMAIN d AS int CHECK (VALUE > 0);`;
    expect(about(sql)).toEqual([]);
    expect(
      rulesAbout(sql, { schema, settings: { style: 'info', 'prefer-bigint-key': 'off', 'serial-int-key': 'off' } }),
    ).toEqual(
      expect.arrayContaining([
        'table-without-primary-key',
        'unlogged-table',
        'inheritance-or-rule',
        'create-domain-constrained',
      ]),
    );
  });

  test('know that a primary key may come later', () => {
    const settings = { 'table-without-primary-key': 'info' } as const;
    const sql = 'CREATE TABLE n (id int); ALTER TABLE n ADD PRIMARY KEY (id);';
    expect(rulesAbout(sql, { schema, settings })).toEqual([]);
  });
});
