import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UnplannableError } from '../../src/model/error.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { check } from '../../src/pipeline/check.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { measuredCatalog } from '../../src/snapshot/measured-catalog.ts';
import { readSnapshot } from '../../src/snapshot/read-snapshot.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { listeningConnection } from './snapshot-support.ts';

// Each table holds a row: of an empty one, 13 knows only from its collector, which may be late, that it was counted.
const SCHEMA = `
CREATE TABLE waited (id int PRIMARY KEY, name text CHECK (name <> ''), twice int GENERATED ALWAYS AS (id * 2) STORED);
CREATE INDEX waited_lower ON waited (lower(name)) WHERE id > 5;
CREATE TABLE held (id int DEFAULT 7, at date) PARTITION BY RANGE (at);
CREATE TABLE held_1 PARTITION OF held FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE free (id int PRIMARY KEY, waited_id int REFERENCES waited, name text CHECK (name <> 'x'));
CREATE INDEX free_lower ON free (lower(name));
INSERT INTO waited (id, name) VALUES (1, 'a');
INSERT INTO held VALUES (1, '2026-02-01');
INSERT INTO free VALUES (1, 1, 'a');
CREATE VIEW over_waited AS SELECT w.name, f.id FROM waited w JOIN free f ON f.waited_id = w.id;
CREATE VIEW over_free AS SELECT id FROM free;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM held;
ANALYZE;`;

interface Read {
  readonly snapshot: Snapshot;
  readonly transactions: number;
}

async function read(
  database: TestDatabase,
  listen: (sql: string) => void | Promise<void> = () => undefined,
): Promise<Read> {
  let transactions = 0;
  const connection = await listeningConnection(database, async (sql) => {
    if (sql.startsWith('BEGIN')) transactions += 1;
    await listen(sql);
  });
  try {
    return { snapshot: await readSnapshot(connection, { sampleMs: 0 }), transactions };
  } finally {
    await connection.close();
  }
}

describe.each([13, 18])('while others hold locks on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    await loadParser();
    database = await createTestDatabase(major);
    const client = await database.client();
    await client.query(SCHEMA);
    if (major >= 14) {
      await client.query('CREATE FUNCTION how_many() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM waited; END');
    }
  });
  afterAll(() => database.drop());

  test('waits for nobody: an ALTER TABLE waits behind a reader, and a table is held ACCESS EXCLUSIVE', async () => {
    const [reader, altering, holder, watcher] = await Promise.all([1, 2, 3, 4].map(() => database.client()));
    if (reader === undefined || altering === undefined || holder === undefined || watcher === undefined) return;
    await reader.query('BEGIN; SELECT count(*) FROM waited');
    const alter = altering.query('ALTER TABLE waited ADD COLUMN more int');
    await holder.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE');
    await expect
      .poll(async () => (await watcher.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rows.length, {
        timeout: 20_000,
      })
      .toBeGreaterThan(0);

    const { snapshot, transactions } = await read(database);

    // One transaction was enough: no statement in it ran into lock_timeout.
    expect(transactions).toBe(1);
    expect(snapshot.activity.lockedRelations).toEqual(['public.held', 'public.held_1', 'public.waited']);
    expect((await watcher.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rows.length).toBeGreaterThan(0);
    await reader.query('COMMIT');
    await alter;
    await holder.query('ROLLBACK');
    await altering.query('ALTER TABLE waited DROP COLUMN more');

    expect(snapshot.notSeen.map((one) => one.what)).toEqual(
      [
        'public.counted: its query',
        'public.held: its partition key',
        'public.over_waited: its query',
        'public.waited: the condition of constraint waited_name_check',
        'public.waited: the definition of index waited_lower',
        'public.waited: the definition of index waited_pkey',
        'public.waited: the expression of column twice',
        ...(major >= 14 ? ['function public.how_many: its body'] : []),
      ].sort(),
    );
    expect(new Set(snapshot.notSeen.map((one) => one.reason))).toEqual(
      new Set(['it, or a table that it reads, was held or wanted under ACCESS EXCLUSIVE']),
    );
    const { relations } = snapshot.catalog;
    expect(relations['public.waited']).toMatchObject({
      indexes: [
        { name: 'waited_lower', definitionSql: '', keys: [{ column: null }], predicate: { provesNotNull: [] } },
        { name: 'waited_pkey', keys: [{ column: 'id', expression: null }], predicate: null },
      ],
    });
    expect(relations['public.held']).toMatchObject({
      partitionBy: { strategy: 'range', key: '' },
      columns: [{ name: 'id', default: { sql: '7' } }, { name: 'at' }],
    });
    expect(relations['public.held_1']).toMatchObject({
      partitionOf: { parent: 'public.held', bound: "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')" },
    });
    expect(relations['public.free']).toMatchObject({
      constraints: expect.arrayContaining([
        expect.objectContaining({ expression: expect.objectContaining({ sql: "name <> 'x'::text" }) }),
      ]),
    });
  });

  test('reads once more what was locked for a moment', async () => {
    const holder = await database.client();
    await holder.query('BEGIN; LOCK TABLE waited IN ACCESS EXCLUSIVE MODE');
    let isHeld = true;
    const { snapshot, transactions } = await read(database, async (sql) => {
      if (sql !== 'COMMIT' || !isHeld) return;
      isHeld = false;
      await holder.query('COMMIT');
    });
    expect(transactions).toBe(2);
    expect(snapshot.notSeen).toEqual([]);
    expect(snapshot.activity.lockedRelations).toEqual(['public.waited']);
  });

  test('what was not seen is not judged as if it were', async () => {
    const holder = await database.client();
    await holder.query('BEGIN; LOCK TABLE waited IN ACCESS EXCLUSIVE MODE');
    const { snapshot } = await read(database);
    await holder.query('COMMIT');
    const sql =
      'ALTER TABLE waited ALTER COLUMN name TYPE varchar(20); ALTER TABLE free ALTER COLUMN name DROP NOT NULL;';
    const input = {
      migrations: [
        {
          migration: {
            id: 'x',
            path: 'x.sql',
            sql,
            checksum: '',
            format: 'sql',
            transaction: 'statement',
            foreignLedgerRow: null,
          },
          statements: parseStatements(sql, 'x.sql'),
        },
      ],
      catalog: measuredCatalog(snapshot.catalog, snapshot.relations, true),
      catalogIsComplete: true,
      version: { engine: 'postgresql', major },
      timeZone: 'UTC',
      context: 'a snapshot',
      planCommand: 'evenkeel plan x.sql',
    } as const;
    const report = check(input);
    expect(report.files[0]?.statements.map(({ facts }) => facts.certainty)).toEqual(['unknown', 'known']);
    expect(report.findings.filter(({ rule }) => rule === 'unknown-effect')).toMatchObject([
      { consequence: expect.stringMatching(/^The snapshot lacks .* \(public\.waited\): somebody held it locked/) },
    ]);
    expect(() => plan(input)).toThrow(UnplannableError);
  });
});
