import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { otherProduct } from '../../src/doctor/checks/server-checks.ts';
import { startPgbouncer, whyNoPgbouncer } from '../support/start-pgbouncer.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { checkOf, expectCheck } from './diagnosis.ts';

let database: TestDatabase;
let client: pg.Client;
let role = '';
let url = '';

const missing = whyNoPgbouncer();

describe.each([13, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    role = `set_${database.name}`;
    url = database.url.replace('postgres@', `${role}@`);
    await client.query(`CREATE ROLE ${role} LOGIN`);
  });
  afterEach(async () => {
    await client.query(`ALTER DATABASE ${database.name} RESET ALL`);
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await database.drop();
  });

  const leaks: readonly (readonly [string, string, 'warn' | 'fail', number])[] = [
    ['lock_timeout', "'3s'", 'warn', 13],
    ['statement_timeout', "'60s'", 'warn', 13],
    ['transaction_timeout', "'1h'", 'warn', 17],
    ['idle_session_timeout', "'1h'", 'warn', 14],
    ['idle_session_timeout', "'10s'", 'fail', 14],
    ['default_transaction_isolation', "'repeatable read'", 'warn', 13],
    ['default_transaction_read_only', 'on', 'fail', 13],
    ['default_transaction_deferrable', 'on', 'warn', 13],
    ['search_path', 'app, public', 'warn', 13],
    ['session_replication_role', 'replica', 'fail', 13],
    ['synchronous_commit', 'off', 'warn', 13],
  ];

  test.each(leaks.filter(([, , , since]) => major >= since))(
    '%s = %s of the database is seen, and the command takes it back',
    async (name, value, status) => {
      expectCheck(await checkOf(database.url, `settings.${name}`), 'ok', /the default/);
      await client.query(`ALTER DATABASE ${database.name} SET ${name} = ${value}`);
      const check = await checkOf(database.url, `settings.${name}`);
      expectCheck(check, status, /set for the database/, `ALTER DATABASE ${database.name} RESET ${name};`);
      await client.query(`SET default_transaction_read_only = off; ${check.nextCommand}`);
      expectCheck(await checkOf(database.url, `settings.${name}`), 'ok', /the default/);
    },
  );

  test('who set it is told: the role, the role in this database, the URL', async () => {
    const id = 'settings.lock_timeout';
    await client.query(`ALTER ROLE ${role} SET lock_timeout = '2s'`);
    expectCheck(
      await checkOf(url, id),
      'warn',
      'lock_timeout is 2000 ms, set for the role.',
      `ALTER ROLE ${role} RESET lock_timeout;`,
    );
    await client.query(`ALTER ROLE ${role} IN DATABASE ${database.name} SET lock_timeout = '4s'`);
    expectCheck(
      await checkOf(url, id),
      'warn',
      'lock_timeout is 4000 ms, set for the role in this database.',
      `ALTER ROLE ${role} IN DATABASE ${database.name} RESET lock_timeout;`,
    );
    const given = `${database.url}?options=-c%20lock_timeout%3D7s`;
    expectCheck(
      await checkOf(given, id),
      'warn',
      'lock_timeout is 7000 ms, asked for by the database URL or PGOPTIONS.',
    );
  });

  test('an empty search_path is told as such', async () => {
    await client.query(`ALTER DATABASE ${database.name} SET search_path = ''`);
    expectCheck(await checkOf(database.url, 'settings.search_path'), 'warn', /search_path is ("")|empty/);
  });

  test('what every session has, and what only newer servers know, is fine', async () => {
    const check = await checkOf(database.url, 'settings.client_connection_check_interval');
    expectCheck(check, 'ok', major < 14 ? /from 14 on/ : /is 0, the default/);
    await client.query(`ALTER DATABASE ${database.name} SET idle_in_transaction_session_timeout = '5min'`);
    const timeout = await checkOf(database.url, 'settings.idle_in_transaction_session_timeout');
    expectCheck(timeout, 'ok', /300000 ms, set for the database/);
  });

  test('a server of a measured version that takes writes', async () => {
    expectCheck(await checkOf(database.url, 'server.product'), 'ok', /^PostgreSQL \d+/);
    expectCheck(await checkOf(database.url, 'server.version'), 'ok', new RegExp(`Version ${major}`));
    expectCheck(await checkOf(database.url, 'server.writable'), 'ok', /a primary/);
    expectCheck(await checkOf(database.url, 'server.pooler'), 'ok', /^No pooler/);
    await client.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    expectCheck(await checkOf(database.url, 'server.writable'), 'fail', /read only/);
  });

  test('Amazon Aurora, by the function that only it has', async () => {
    // As the server has it; what it answers is not looked at.
    await client.query("CREATE FUNCTION public.aurora_version() RETURNS text LANGUAGE sql AS $$ SELECT '16.4.1' $$");
    expectCheck(
      await checkOf(database.url, 'server.product'),
      'warn',
      /^This is Amazon Aurora: /,
      /aurora_replica_status/,
    );
  });

  test.skipIf(missing !== null)('a pooler is told by its mode, and nothing of ours stays behind in it', async () => {
    for (const [mode, status] of [
      ['session', 'ok'],
      ['transaction', 'fail'],
      ['statement', 'fail'],
    ] as const) {
      const bouncer = await startPgbouncer({ serverPort: database.port, mode, settings: { default_pool_size: '2' } });
      try {
        const given = bouncer.url(database.name);
        const check = await checkOf(given, 'server.pooler');
        expectCheck(check, status, mode === 'session' ? /keeps one server process/ : new RegExp(`in ${mode} mode`));
        if (mode === 'transaction') expect(await leftBehind(given)).toEqual(['0', '0', 'off']);
      } finally {
        await bouncer.stop();
      }
    }
  });
});

/** What a next client of the pooler finds in the server connection that the doctor had. */
async function leftBehind(given: string): Promise<readonly string[]> {
  const { default: pg } = await import('pg');
  const next = new pg.Client({ connectionString: given });
  await next.connect();
  try {
    const { rows } = await next.query(`SELECT current_setting('statement_timeout') AS a,
      current_setting('lock_timeout') AS b, current_setting('default_transaction_read_only') AS c`);
    return Object.values(rows[0]);
  } finally {
    await next.end();
  }
}

test.each([
  ['CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024/05/15 21:28:29, go1.22.2)', 'CockroachDB'],
  ['PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.12103', 'Amazon Redshift'],
  ['PostgreSQL 11.2-YB-2.20.1.3-b0 on x86_64-pc-linux-gnu, compiled by clang', 'YugabyteDB'],
  ['PostgreSQL 9.4.26 (Greenplum Database 6.25.3 build commit:367edc6b4d) on x86_64-unknown-linux-gnu', 'Greenplum'],
  ['Something 1.0', 'Something'],
  ['PostgreSQL 16.4 (Debian 16.4-1.pgdg120+1) on x86_64-pc-linux-gnu, compiled by gcc', null],
])('the product of %s', (text, product) => {
  expect(otherProduct(text)).toBe(product);
});
