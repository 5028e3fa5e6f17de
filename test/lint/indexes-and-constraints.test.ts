import { beforeAll, describe, expect, test } from 'vitest';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { TransactionScope } from '../../src/model/transaction-unit.ts';
import { check } from '../../src/pipeline/check.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';

beforeAll(() => loadParser());

const SCHEMA = `
CREATE TABLE a (id bigint PRIMARY KEY, x int, y int, t text, b_id bigint);
CREATE TABLE b (id bigint PRIMARY KEY, x int, a_id bigint REFERENCES a (id));
CREATE TABLE c (id bigint PRIMARY KEY, a_id bigint, b_id bigint, small int);
CREATE INDEX a_x_idx ON a (x);
CREATE TABLE p (id bigint NOT NULL, day date NOT NULL, a_id bigint) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE empty_parent (id bigint NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
CREATE DOMAIN plain AS int;
CREATE DOMAIN unused AS int;
CREATE TABLE d (id bigint PRIMARY KEY, v plain);
CREATE PUBLICATION feed FOR TABLE b;
`;

interface Terms {
  readonly major?: number;
  readonly transaction?: TransactionScope;
  readonly change?: (catalog: Catalog) => Catalog;
}

/** Findings about files, in order; each later file runs after the one before it. */
function findings(sql: string | readonly string[], terms: Terms = {}): readonly Finding[] {
  const { major = 18, transaction = 'statement', change = (catalog: Catalog) => catalog } = terms;
  const schema = parseStatements(SCHEMA, 'schema.sql').reduce(applyStatement, emptyCatalog(major));
  const migrations = [sql].flat().map((text, index) => ({
    migration: {
      id: `${index}`,
      path: `${index}.sql`,
      sql: text,
      checksum: '',
      format: 'sql',
      transaction,
      foreignLedgerRow: null,
    } as const,
    statements: parseStatements(text, `${index}.sql`),
  }));
  return check({
    migrations,
    catalog: change(schema),
    version: { engine: 'postgresql', major },
    timeZone: 'UTC',
    catalogIsComplete: true,
    context: 'a schema',
    planCommand: 'evenkeel plan',
  }).findings;
}

const rules = (sql: string | readonly string[], terms: Terms = {}): readonly string[] =>
  findings(sql, terms).map(({ rule }) => rule);

/** With one index of a table marked INVALID, as a failed build leaves it. */
function withInvalid(name: string): (catalog: Catalog) => Catalog {
  return (catalog) => ({
    ...catalog,
    relations: Object.fromEntries(
      Object.entries(catalog.relations).map(([key, relation]) => [
        key,
        relation.kind === 'table'
          ? {
              ...relation,
              indexes: relation.indexes.map((one) => (one.name === name ? { ...one, valid: false } : one)),
            }
          : relation,
      ]),
    ),
  });
}

describe('building an index', () => {
  test('of a table that the same file creates is of no concern', () => {
    const sql = 'CREATE TABLE f (id bigint PRIMARY KEY, x int); CREATE INDEX ON f (x); CREATE INDEX ON f (x, x);';
    expect(rules(sql).filter((rule) => rule !== 'duplicate-key-columns')).toEqual([]);
  });

  test('is said once, by the rule for the kind of table', () => {
    expect(rules('CREATE INDEX i ON a (y)')).toEqual(['index-create-blocking']);
    expect(rules('CREATE INDEX i ON p (a_id)')).toEqual(['index-on-partitioned-parent']);
    expect(rules('CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE INDEX i ON m (one)')).not.toContain(
      'index-create-blocking',
    );
  });

  test('on a parent without partitions, or ON ONLY the parent, builds nothing', () => {
    expect(rules('CREATE INDEX i ON empty_parent (id)')).not.toContain('index-on-partitioned-parent');
    expect(rules('CREATE INDEX i ON ONLY p (a_id)')).toEqual(['lock-queue']);
  });

  test('that is there already is not built again', () => {
    expect(rules('CREATE INDEX IF NOT EXISTS a_x_idx ON a (x)')).not.toContain('index-create-blocking');
  });
});

describe('CONCURRENTLY', () => {
  test('on a partitioned table fails, on its partition it does not', () => {
    expect(rules('CREATE INDEX CONCURRENTLY i ON p (a_id)')).toEqual(['concurrently-on-partitioned']);
    expect(rules('CREATE INDEX CONCURRENTLY i ON p1 (a_id)')).toEqual([]);
    expect(rules('CREATE INDEX i ON p (a_id); DROP INDEX CONCURRENTLY i')).toContain('concurrently-on-partitioned');
  });

  test('under a timeout is a warning, judged by its effect', () => {
    const build = 'CREATE INDEX CONCURRENTLY i ON a (y)';
    expect(rules(`SET statement_timeout = '1min'; ${build}`)).toContain('concurrently-under-timeout');
    expect(rules("SET lock_timeout = '1s'; DROP INDEX CONCURRENTLY a_x_idx")).toContain('concurrently-under-timeout');
    expect(rules("SET lock_timeout = '1s'; REINDEX INDEX CONCURRENTLY a_x_idx")).toContain(
      'concurrently-under-timeout',
    );
    for (const before of [
      '',
      'SET lock_timeout = 0;',
      "SET lock_timeout = '1s'; RESET lock_timeout;",
      "SET LOCAL lock_timeout = '1s';",
      "BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT;",
    ]) {
      expect(rules(`${before} ${build}`), before).not.toContain('concurrently-under-timeout');
    }
    expect(rules("SET lock_timeout = '1s'; CREATE INDEX i ON a (y)")).not.toContain('concurrently-under-timeout');
  });

  test('of a partitioned table is no outage where it works', () => {
    expect(rules('REINDEX TABLE CONCURRENTLY p', { major: 14 })).not.toContain('index-build-under-lock');
    expect(rules('REINDEX TABLE CONCURRENTLY p', { major: 14 })).not.toContain('reindex-partitioned-skipped');
    expect(rules('REINDEX TABLE CONCURRENTLY p', { major: 13 })).toContain('reindex-partitioned-skipped');
    expect(rules('REINDEX TABLE CONCURRENTLY a', { major: 13 })).toEqual([]);
  });
});

describe('IF NOT EXISTS', () => {
  const sql = 'CREATE INDEX CONCURRENTLY IF NOT EXISTS a_x_idx ON a (x)';

  test('over an index that works is fine, over an INVALID one it is an error', () => {
    expect(rules(sql)).toEqual([]);
    const found = findings(sql, { change: withInvalid('a_x_idx') });
    expect(found.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(['error invalid-index-hidden']);
    const plain = findings(sql.replace('CONCURRENTLY', ''), { change: withInvalid('a_x_idx') });
    expect(plain.map(({ rule, severity }) => `${severity} ${rule}`)).toContain('error invalid-index-hidden');
  });

  test('on a parent whose index waits for its parts is fine', () => {
    expect(rules('CREATE INDEX i ON ONLY p (a_id); CREATE INDEX IF NOT EXISTS i ON ONLY p (a_id)')).not.toContain(
      'invalid-index-hidden',
    );
  });
});

describe('an index that replaces another', () => {
  const build = 'CREATE INDEX CONCURRENTLY a_x_y_idx ON a (x, y)';
  const drop = 'DROP INDEX CONCURRENTLY a_x_idx';

  test('has to be there first, in whichever file', () => {
    expect(rules(`${drop}; ${build}`)).toEqual(['index-replace-order']);
    expect(rules([drop, build])).toEqual(['index-replace-order']);
    expect(rules(`${build}; ${drop}`)).toEqual([]);
  });

  test('only counts with the same first column of the same table, and where no third index helps', () => {
    expect(rules(`${drop}; CREATE INDEX CONCURRENTLY i ON a (y, x)`)).toEqual([]);
    expect(rules(`${drop}; CREATE INDEX CONCURRENTLY i ON b (x)`)).toEqual([]);
    expect(rules(`CREATE INDEX CONCURRENTLY third ON a (x, t); ${drop}; ${build}`)).toEqual([]);
  });

  test('an INVALID one may go before it is built again', () => {
    const again = `${drop}; CREATE INDEX CONCURRENTLY a_x_idx ON a (x)`;
    expect(rules(again, { change: withInvalid('a_x_idx') })).toEqual([]);
  });
});

describe('a duplicate index', () => {
  test.each([
    ['CREATE INDEX CONCURRENTLY i ON a (x)', true],
    ['CREATE INDEX CONCURRENTLY i ON a USING btree (x)', true],
    ['CREATE INDEX CONCURRENTLY i ON a (x DESC)', false],
    ['CREATE INDEX CONCURRENTLY i ON a (x, y)', false],
    ['CREATE INDEX CONCURRENTLY i ON a USING hash (x)', false],
    ['CREATE INDEX CONCURRENTLY i ON a (x) WHERE y > 0', false],
    ['CREATE UNIQUE INDEX CONCURRENTLY i ON a (x)', false],
    ['CREATE INDEX CONCURRENTLY i ON a (x) INCLUDE (y)', false],
    ['CREATE INDEX CONCURRENTLY i ON a (x); DROP INDEX CONCURRENTLY a_x_idx', false],
  ])('%s: %s', (sql, isDuplicate) => {
    expect(rules(sql).includes('duplicate-index')).toBe(isDuplicate);
  });

  test('an INVALID index duplicates nothing', () => {
    const sql = 'CREATE INDEX CONCURRENTLY i ON a (x)';
    expect(rules(sql, { change: withInvalid('a_x_idx') })).not.toContain('duplicate-index');
  });
});

describe('dropping an index', () => {
  test('of a partitioned table has no other form', () => {
    const sql = ['CREATE INDEX i ON ONLY p (a_id)', 'DROP INDEX i'];
    expect(rules(sql)).not.toContain('index-drop-blocking');
  });

  test('of a constraint fails and is said once', () => {
    expect(rules('DROP INDEX a_pkey')).toContain('constraint-backed-index-drop');
    expect(rules('DROP INDEX a_pkey')).not.toContain('certain-failure');
    expect(rules('DROP INDEX a_pkey')).not.toContain('index-drop-blocking');
    expect(rules('DROP INDEX nowhere')).toContain('certain-failure');
  });
});

describe('a foreign key', () => {
  const add = 'ALTER TABLE c ADD CONSTRAINT c_a_fkey FOREIGN KEY (a_id) REFERENCES a (id)';

  test('that reads rows names both tables', () => {
    const [first] = findings(add);
    expect(first).toMatchObject({ rule: 'foreign-key-validating', severity: 'error' });
    expect(first?.relations).toEqual(['public.a', 'public.c']);
    expect(rules(add)).not.toContain('scan-under-lock');
  });

  test('that reads nothing is a note', () => {
    const notes = findings(`${add} NOT VALID; ALTER TABLE c VALIDATE CONSTRAINT c_a_fkey`);
    expect(notes.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
      'info foreign-key-not-valid-locks-both',
      'info fk-missing-index',
    ]);
  });

  test('of a new table, or to the table itself, is no note about a second table', () => {
    expect(rules('CREATE TABLE f (id int); ALTER TABLE f ADD FOREIGN KEY (id) REFERENCES f (id)')).not.toContain(
      'foreign-key-not-valid-locks-both',
    );
    expect(rules('ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES a (id) NOT VALID')).not.toContain(
      'foreign-key-not-valid-locks-both',
    );
  });

  test('is missed by no index when one is there, or comes later', () => {
    const note = 'fk-missing-index';
    expect(rules(`CREATE INDEX CONCURRENTLY i ON c (a_id, b_id); ${add} NOT VALID`)).not.toContain(note);
    expect(rules([`${add} NOT VALID`, 'CREATE INDEX CONCURRENTLY i ON c (a_id)'])).not.toContain(note);
    expect(rules(`CREATE INDEX CONCURRENTLY i ON c (b_id, a_id); ${add} NOT VALID`)).toContain(note);
    expect(rules(`CREATE INDEX CONCURRENTLY i ON c (a_id) WHERE a_id > 5; ${add} NOT VALID`)).toContain(note);
    expect(rules('CREATE TABLE f (id int, a_id bigint REFERENCES a (id))')).not.toContain(note);
  });

  test('of another type is a warning where the type is narrower, or of another family', () => {
    const warning = 'foreign-key-type-mismatch';
    expect(rules('ALTER TABLE c ADD FOREIGN KEY (small) REFERENCES a (id) NOT VALID')).toContain(warning);
    expect(rules('CREATE TABLE f (a_id int REFERENCES a (id))')).toContain(warning);
    expect(rules('CREATE TABLE f (a_id bigint REFERENCES a (id))')).not.toContain(warning);
    expect(rules('CREATE TABLE k (id int PRIMARY KEY); CREATE TABLE f (k_id bigint REFERENCES k (id))')).not.toContain(
      warning,
    );
    expect(
      rules('CREATE TABLE k (id text PRIMARY KEY); CREATE TABLE f (k_id varchar(9) REFERENCES k (id))'),
    ).not.toContain(warning);
  });

  test('NOT VALID on a partitioned table depends on the major', () => {
    const sql = 'ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (a_id) REFERENCES a (id) NOT VALID';
    expect(rules(sql, { major: 17 })).toContain('foreign-key-not-valid-partitioned');
    expect(rules(sql, { major: 17 })).not.toContain('certain-failure');
    expect(rules(sql, { major: 18 })).not.toContain('foreign-key-not-valid-partitioned');
  });

  test('that a parent takes over from its partitions reads nothing', () => {
    const part = 'ALTER TABLE p1 ADD CONSTRAINT f1 FOREIGN KEY (a_id) REFERENCES a (id) NOT VALID';
    const sql = `${part}; ALTER TABLE p1 VALIDATE CONSTRAINT f1;
      ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (a_id) REFERENCES a (id)`;
    expect(rules(sql, { major: 17 })).not.toContain('foreign-key-validating');
  });

  test('beside another one closes three tables; beside one to the same table it does not', () => {
    const two = (target: string): string => `ALTER TABLE c
      ADD CONSTRAINT f1 FOREIGN KEY (a_id) REFERENCES a (id) NOT VALID,
      ADD CONSTRAINT f2 FOREIGN KEY (b_id) REFERENCES ${target} (id) NOT VALID`;
    expect(rules(two('b'))).toContain('several-foreign-keys-at-once');
    expect(rules(two('a'))).not.toContain('several-foreign-keys-at-once');
  });

  test('that goes closes both tables, unless it gives way at once', () => {
    const drop = 'ALTER TABLE b DROP CONSTRAINT b_a_id_fkey';
    expect(rules(drop)).toEqual(['drop-foreign-key-locks-both', 'drop-constraint']);
    expect(rules(`SET lock_timeout = '200ms'; ${drop}`)).toEqual(['drop-constraint']);
    expect(rules(`SET lock_timeout = '5s'; ${drop}`)).toContain('drop-foreign-key-locks-both');
  });
});

describe('a check', () => {
  const add = 'ALTER TABLE a ADD CONSTRAINT positive CHECK (x > 0)';

  test('is said at its own command of several', () => {
    const found = findings('ALTER TABLE a\n  ADD COLUMN z int,\n  ADD CONSTRAINT positive CHECK (x > 0)');
    const [one] = found.filter(({ rule }) => rule === 'check-validating');
    expect(one?.focus.line).toBe(3);
    expect(found.map(({ rule }) => rule)).not.toContain('scan-under-lock');
  });

  test('of a new table, or NOT ENFORCED, tests nothing', () => {
    expect(rules(`CREATE TABLE f (x int); ALTER TABLE f ADD CHECK (x > 0)`)).toEqual([]);
    expect(rules(`${add} NOT ENFORCED`)).toContain('not-enforced');
    expect(rules(`${add} NOT ENFORCED`)).not.toContain('never-validated');
    expect(rules(`${add} NOT ENFORCED`)).not.toContain('not-valid-check-rejects-updates');
  });

  test('that is validated or dropped in a later file is settled', () => {
    expect(rules(`${add} NOT VALID`)).toContain('never-validated');
    expect(rules([`${add} NOT VALID`, 'ALTER TABLE a VALIDATE CONSTRAINT positive'])).not.toContain('never-validated');
    expect(rules([`${add} NOT VALID`, 'ALTER TABLE a DROP CONSTRAINT positive'])).not.toContain('never-validated');
    expect(rules([`${add} NOT VALID`, 'ALTER TABLE b VALIDATE CONSTRAINT positive'])).toContain('never-validated');
  });

  test('may call what always gives the same answer', () => {
    const call = (body: string): string => `CREATE FUNCTION f(int) RETURNS boolean ${body};
      ALTER TABLE a ADD CHECK (f(x)) NOT VALID`;
    expect(rules(call("LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN true; END'"))).not.toContain('check-volatile');
    expect(rules(call("LANGUAGE plpgsql AS 'BEGIN RETURN true; END'"))).toContain('check-volatile');
    expect(rules(call("LANGUAGE sql AS 'SELECT true'"))).not.toContain('check-volatile');
    expect(rules('ALTER TABLE a ADD CHECK (length(t) < 10) NOT VALID')).not.toContain('check-volatile');
    expect(rules('CREATE TABLE f (x float CHECK (x < random()))')).toContain('check-volatile');
  });
});

describe('VALIDATE', () => {
  const add = 'ALTER TABLE a ADD CONSTRAINT positive CHECK (x > 0) NOT VALID;';
  const validate = 'ALTER TABLE a VALIDATE CONSTRAINT positive;';
  const rule = 'validate-in-same-transaction';

  test('in the transaction of the lock is an error, and said once', () => {
    const found = rules(add + validate, { transaction: 'file' });
    expect(found).toContain(rule);
    expect(found).not.toContain('strong-lock-held');
    expect(rules(`BEGIN; ${add} ${validate} COMMIT`)).toContain(rule);
    expect(rules([add, validate], { transaction: 'run' })).toContain(rule);
  });

  test('after the COMMIT, or of a table that nobody uses, is none', () => {
    expect(rules(add + validate)).not.toContain(rule);
    expect(rules(`BEGIN; ${add} COMMIT; ${validate}`)).not.toContain(rule);
    expect(rules(`BEGIN; ${add} ROLLBACK; BEGIN; ${add} COMMIT; ${validate}`)).not.toContain(rule);
    const fresh = `CREATE TABLE f (x int); ${(add + validate).replaceAll('TABLE a', 'TABLE f')}`;
    expect(rules(fresh, { transaction: 'file' })).toEqual([]);
  });
});

describe('a primary key', () => {
  test('over an index reads rows only where nothing proves that there is no NULL', () => {
    const index = 'CREATE UNIQUE INDEX CONCURRENTLY k ON f (x);';
    const take = 'ALTER TABLE f ADD PRIMARY KEY USING INDEX k';
    const proof = 'ALTER TABLE f ADD CHECK (x IS NOT NULL) NOT VALID; ALTER TABLE f VALIDATE CONSTRAINT f_x_check;';
    const table = (column: string): string => `CREATE TABLE f (${column})`;
    const onTable = (column: string, sql: string): readonly string[] => {
      const change = (catalog: Catalog): Catalog =>
        parseStatements(table(column), 'f.sql').reduce(applyStatement, catalog);
      return rules(sql, { change });
    };
    expect(onTable('x int', index + take)).toContain('primary-key-scans');
    expect(onTable('x int', index + proof + take)).not.toContain('primary-key-scans');
    expect(onTable('x int NOT NULL', index + take)).not.toContain('primary-key-scans');
    expect(onTable('x int NOT NULL', 'ALTER TABLE f ADD PRIMARY KEY (x)')).toContain('primary-key-builds-index');
  });

  test('of a published table is its replica identity, until another one is chosen', () => {
    const rule = 'drop-primary-key-published';
    const drop = 'ALTER TABLE b DROP CONSTRAINT b_pkey';
    expect(rules(drop)).toContain(rule);
    expect(rules('ALTER TABLE c DROP CONSTRAINT c_pkey')).not.toContain(rule);
    expect(rules(`ALTER TABLE b REPLICA IDENTITY FULL; ${drop}`)).not.toContain(rule);
    expect(rules(`${drop}, ADD PRIMARY KEY (id, x)`)).not.toContain(rule);
    expect(rules(`DROP PUBLICATION feed; ${drop}`)).not.toContain(rule);
    expect(
      rules(`DROP PUBLICATION feed; CREATE PUBLICATION inserts FOR TABLE b WITH (publish = 'insert'); ${drop}`),
    ).not.toContain(rule);
  });

  test('and any unique key of a partitioned table contains the partition key', () => {
    const rule = 'unique-without-partition-key';
    expect(rules('ALTER TABLE p ADD PRIMARY KEY (id)')).toContain(rule);
    expect(rules('ALTER TABLE p ADD PRIMARY KEY (id, day)')).not.toContain(rule);
    expect(rules('CREATE UNIQUE INDEX i ON p (id)')).toContain(rule);
    expect(rules('ALTER TABLE p1 ADD PRIMARY KEY (id)')).not.toContain(rule);
    expect(rules('CREATE UNIQUE INDEX CONCURRENTLY i ON p (id, day)')).not.toContain(rule);
  });
});

describe('a domain', () => {
  test('reads the tables that use it, and nothing where none does', () => {
    expect(rules('ALTER DOMAIN plain ADD CONSTRAINT positive CHECK (VALUE > 0)')).toEqual(['domain-constraint-scans']);
    expect(rules('ALTER DOMAIN plain SET NOT NULL')).toContain('domain-constraint-scans');
    expect(rules('ALTER DOMAIN plain ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID')).not.toContain(
      'domain-constraint-scans',
    );
    expect(rules('ALTER DOMAIN unused ADD CONSTRAINT positive CHECK (VALUE > 0)')).not.toContain(
      'domain-constraint-scans',
    );
  });
});

describe('maintenance', () => {
  test('is judged by what it does', () => {
    expect(rules('VACUUM FULL a')).toEqual(['cluster-or-vacuum-full']);
    expect(rules('CLUSTER a USING a_x_idx')).toEqual(['cluster-or-vacuum-full']);
    expect(rules('VACUUM a; ANALYZE a')).toEqual([]);
    expect(rules('REINDEX TABLE a')).toEqual(['reindex-blocking']);
    expect(rules('REINDEX TABLE CONCURRENTLY a')).toEqual([]);
  });

  test('an index that lies there already is not moved', () => {
    expect(rules('ALTER INDEX a_x_idx SET TABLESPACE fast')).toContain('index-tablespace-move');
    expect(rules('ALTER INDEX a_x_idx SET TABLESPACE pg_default')).not.toContain('index-tablespace-move');
  });
});
