import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogFingerprint } from '../../src/catalog/catalog-fingerprint.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { catalogWithoutSizes } from '../../src/snapshot/measured-catalog.ts';
import { parseSnapshot } from '../../src/snapshot/parse-snapshot.ts';
import { readSnapshot } from '../../src/snapshot/read-snapshot.ts';
import { snapshotJson } from '../../src/snapshot/snapshot-json.ts';
import { startStandby } from '../acceptance/standby-server.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { listeningConnection, schemaSql, takeSnapshot, timeless } from './snapshot-support.ts';

/** Statistics arrive a moment later. */
const WITHIN = { timeout: 20_000 };

const SCHEMAS = ['shop', 'types', 'partitioned', 'inherited'] as const;

async function catalogOf(url: string): Promise<Catalog> {
  const connection = await connectPostgres(url, { applicationName: 'test:catalog' });
  try {
    return await readCatalog(connection);
  } finally {
    await connection.close();
  }
}

describe.each([13, 18])('a snapshot of PostgreSQL %i', (major) => {
  const databases: TestDatabase[] = [];
  const database = async (sql: string): Promise<TestDatabase> => {
    const made = await createTestDatabase(major);
    databases.push(made);
    // A session that ends has told the statistics all that it counted.
    const client = await made.client();
    await client.query(sql);
    await client.end();
    return made;
  };
  afterAll(async () => {
    for (const one of databases) await one.drop();
  });

  test.each(SCHEMAS)(
    'holds the schema %s as the server has it, and is what the published schema says',
    async (name) => {
      const { url } = await database(`${schemaSql(name)}; ANALYZE`);
      const snapshot = await takeSnapshot(url);
      const text = snapshotJson(snapshot);
      const read = parseSnapshot(text, 'x.json');
      const live = await catalogOf(url);
      expect(read.catalog).toEqual(catalogWithoutSizes(live));
      expect(catalogFingerprint(read.catalog)).toBe(catalogFingerprint(live));
      expect(JSON.parse(snapshotJson(read))).toEqual(JSON.parse(JSON.stringify(snapshot)));
      const validate = new Ajv2020.default({ strict: false }).compile(
        JSON.parse(readFileSync('docs/schemas/snapshot.json', 'utf8')),
      );
      expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
      expect(snapshot.notSeen).toEqual([]);
    },
  );

  test('is the same text again while nothing changes but the clock', async () => {
    const { url } = await database(`${schemaSql('shop')}; ANALYZE`);
    const textOf = (snapshot: Snapshot): string => JSON.stringify(timeless(snapshot));
    let first = await takeSnapshot(url);
    let second = await takeSnapshot(url);
    // Before 15 sessions tell the statistics collector late what they have done.
    for (let look = 0; look < 20 && textOf(first) !== textOf(second); look += 1) {
      first = second;
      second = await takeSnapshot(url);
    }
    expect(snapshotJson(first)).toBe(snapshotJson(parseSnapshot(snapshotJson(first), 'x.json')));
    expect(textOf(second)).toBe(textOf(first));
  });

  test('asks as many questions of 300 tables as of 3', async () => {
    const tables = (count: number): string =>
      Array.from({ length: count }, (_, at) => {
        const reference = at === 0 ? '' : `, previous int REFERENCES t${at - 1}`;
        return `CREATE TABLE t${at} (id int PRIMARY KEY, name text CHECK (name <> '')${reference}); CREATE INDEX ON t${at} (name)`;
      }).join(';');
    const counts: number[] = [];
    for (const count of [3, 300]) {
      let statements = 0;
      const connection = await listeningConnection(await database(tables(count)), () => {
        statements += 1;
      });
      const snapshot = await readSnapshot(connection, { sampleMs: 0 });
      await connection.close();
      expect(Object.keys(snapshot.relations)).toHaveLength(count);
      counts.push(statements);
    }
    expect(counts[0]).toBe(counts[1]);
  });

  test('tells sizes, dead rows and traffic, and what was never counted', async () => {
    const made = await database(`CREATE TABLE counted (id int PRIMARY KEY, note text);
      CREATE TABLE uncounted (id int);
      INSERT INTO counted SELECT g, repeat('x', 100) FROM generate_series(1, 5000) g;
      INSERT INTO uncounted SELECT 1; DELETE FROM counted WHERE id <= 1000; ANALYZE counted`);
    const client = await made.client();
    await expect
      .poll(async () => {
        const { rows } = await client.query(
          "SELECT n_tup_ins::int AS n FROM pg_stat_user_tables WHERE relname = 'counted'",
        );
        return rows[0]?.n;
      }, WITHIN)
      .toBe(5000);
    const snapshot = await takeSnapshot(made.url);
    const counted = snapshot.relations['public.counted'];
    expect(counted).toMatchObject({
      rows: 4000,
      deadRows: 1000,
      toastBytes: 0,
      total: { inserts: 5000, changes: 1000 },
    });
    expect(counted?.bytes).toBeGreaterThan(500_000);
    expect(counted?.indexes['counted_pkey']).toBeGreaterThan(8192);
    expect(snapshot.relations['public.uncounted']).toMatchObject({ rows: null, bytes: null });
    expect(snapshot.notSeen).toEqual([
      {
        what: 'sizes of 1 table: public.uncounted',
        reason: 'they were never analyzed: run ANALYZE, or wait for autovacuum',
        relation: null,
      },
    ]);
    expect(snapshot.catalog.relations['public.counted']).toMatchObject({ rowsEstimate: null, bytes: null });
  });

  test('counts what is called between two readings', async () => {
    const made = await database('CREATE TABLE busy (id int PRIMARY KEY); INSERT INTO busy VALUES (1); ANALYZE');
    const client = await made.client();
    let isOver = false;
    const calling = (async () => {
      // Up to 14 a busy session reports every half second, later every second: it says so itself.
      while (!isOver) await client.query('INSERT INTO busy SELECT max(id) + 1 FROM busy');
    })();
    const snapshot = await takeSnapshot(made.url, 2_500);
    isOver = true;
    await calling;
    expect(snapshot.activity.sampleMs).toBeGreaterThanOrEqual(2_500);
    expect(snapshot.relations['public.busy']?.sampled?.inserts).toBeGreaterThan(1);
    expect(snapshot.relations['public.busy']?.sampled?.scans).toBeGreaterThan(1);
  });

  test('keeps passwords that functions quote, rows, and everything about the connection to itself', async () => {
    const made = await database(`CREATE TABLE people (name text); INSERT INTO people VALUES ('Ada Lovelace'); ANALYZE;
      CREATE FUNCTION remote() RETURNS text LANGUAGE sql AS
        $$ SELECT 'host=other password=hunter2 dbname=x' || 'postgresql://me:hunter3@other/x' $$`);
    const text = snapshotJson(await takeSnapshot(made.url));
    for (const secret of ['hunter', 'Ada', '127.0.0.1', 'postgres@', made.name, String(made.port)]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('password=*** dbname=x');
  });

  test('says which migrations are applied, and when it may not see it', async () => {
    const made = await database(`CREATE SCHEMA drizzle;
      CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
      INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('abc', 17)`);
    expect((await takeSnapshot(made.url)).applied).toEqual([
      { ledger: 'drizzle', schema: 'drizzle', table: '__drizzle_migrations', hash: 'abc', createdAtMs: 17 },
    ]);
    const typeorm = await database(`CREATE TABLE migrations ("id" SERIAL PRIMARY KEY, "timestamp" bigint NOT NULL,
        "name" character varying NOT NULL);
      INSERT INTO migrations ("timestamp", name) VALUES (1700000000001, 'A1700000000001');
      CREATE SCHEMA other; CREATE TABLE other.migrations (id int, name text)`);
    expect((await takeSnapshot(typeorm.url)).applied).toEqual([
      { ledger: 'typeorm', schema: 'public', table: 'migrations', name: 'A1700000000001', isCurrentSchema: true },
    ]);
  });
});

describe.each([13, 18])('a role without rights on PostgreSQL %i', (major) => {
  let made: TestDatabase;
  const role = (name: string): string => `${made.name}_${name}`;
  const urlOf = (name: string): string => made.url.replace('postgres@', `${role(name)}@`);
  beforeAll(async () => {
    made = await createTestDatabase(major);
    const client = await made.client();
    await client.query(`CREATE TABLE accounts (id int PRIMARY KEY, name text CHECK (name <> ''));
      CREATE VIEW named AS SELECT id FROM accounts;
      CREATE SCHEMA drizzle;
      CREATE TABLE drizzle.__drizzle_migrations (id serial, hash text NOT NULL, created_at bigint);
      ANALYZE;
      CREATE ROLE ${role('plain')} LOGIN; CREATE ROLE ${role('monitor')} LOGIN; GRANT pg_monitor TO ${role('monitor')}`);
  });
  afterAll(async () => {
    const client = await made.client();
    await client.query(`DROP ROLE ${role('plain')}; DROP ROLE ${role('monitor')}`);
    await made.drop();
  });

  test('sees the schema, and says that it sees neither ledgers nor transactions of others', async () => {
    const other = await made.client();
    await other.query('BEGIN; SELECT 1');
    const snapshot = await takeSnapshot(urlOf('plain'));
    await other.query('ROLLBACK');
    const whole = await takeSnapshot(made.url);
    expect(snapshot.catalog).toEqual(whole.catalog);
    expect(snapshot.activity).toMatchObject({ longestTransactionMs: null, idleInTransaction: null });
    expect(snapshot.notSeen).toEqual([
      {
        what: 'open transactions of other roles',
        reason: 'the role is no member of pg_monitor: GRANT pg_monitor TO it',
        relation: null,
      },
      {
        what: 'which migrations drizzle.__drizzle_migrations has as applied',
        reason: 'the role has no USAGE on the schema or no SELECT on the table',
        relation: null,
      },
    ]);
    expect(snapshotJson(snapshot)).not.toContain(role('plain'));
  });

  test('with pg_monitor it sees them', async () => {
    const other = await made.client();
    await other.query('BEGIN; SELECT 1');
    const snapshot = await takeSnapshot(urlOf('monitor'));
    await other.query('ROLLBACK');
    expect(snapshot.activity.idleInTransaction).toBe(1);
    expect(snapshot.activity.longestTransactionMs).toBeGreaterThanOrEqual(0);
    expect(snapshot.notSeen.map((one) => one.what)).not.toContain('open transactions of other roles');
  });
});

test('a standby tells the schema and sizes, and says that its counters tell nothing', async () => {
  const primary = await startPostgresServer({ major: 18 });
  const connection = await connectPostgres(primary.url(), { applicationName: 'test:primary' });
  await connection.execute('CREATE TABLE replicated (id int PRIMARY KEY); INSERT INTO replicated VALUES (1)');
  await connection.execute('ANALYZE');
  await connection.close();
  const standby = await startStandby(primary);
  try {
    const snapshot = await takeSnapshot(standby.url('postgres'), 10);
    expect(snapshot.server.isStandby).toBe(true);
    expect(snapshot.relations['public.replicated']).toMatchObject({
      rows: 1,
      total: null,
      average: null,
      sampled: null,
    });
    expect(snapshot.notSeen).toEqual([
      {
        what: 'how busy the tables are',
        reason: 'this is a standby, which does not count what the primary does',
        relation: null,
      },
    ]);
  } finally {
    await standby.stop();
    await primary.stop();
  }
});
