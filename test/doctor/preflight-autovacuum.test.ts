import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { preflightMigrations } from '../../src/api/preflight-migrations.ts';
import type { PreflightStep } from '../../src/model/preflight-report.ts';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import { createOrders, until, value } from '../run/run-support.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const scratch = scratchFolder('preflight-autovacuum');

describe.each([13, 18])('an autovacuum that takes long, on PostgreSQL %i', (major) => {
  let server: PostgresServer;
  let client: pg.Client;
  beforeAll(async () => {
    const settings = {
      autovacuum_naptime: '1s',
      autovacuum_vacuum_cost_delay: '100ms',
      autovacuum_vacuum_cost_limit: '1',
    };
    server = await startPostgresServer({ major, settings });
    client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    await createOrders(client, 20_000);
    await client.query('CREATE ROLE deploy LOGIN');
    await client.query(`GRANT CREATE ON DATABASE postgres TO deploy`);
    await client.query('GRANT CREATE, USAGE ON SCHEMA public TO deploy');
    await client.query('ALTER TABLE orders OWNER TO deploy');
    await client.query('UPDATE orders SET changed = 1');
    await untilVacuumed();
    scratch.write(`on-${major}/0001.sql`, 'ALTER TABLE orders ADD COLUMN extra int;');
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  const untilVacuumed = (): Promise<void> =>
    until(
      async () =>
        (await value<number>(
          client,
          // Old enough that nobody takes it for one of the transactions that come and go.
          `SELECT count(*)::int FROM pg_stat_progress_vacuum v JOIN pg_stat_activity a USING (pid)
           WHERE v.relid = 'orders'::regclass AND a.xact_start < clock_timestamp() - interval '1 second'`,
        )) === 1,
    );
  const look = async (user: string): Promise<PreflightStep | undefined> => {
    const url = new URL(server.url());
    url.username = user;
    const { steps } = await preflightMigrations({ path: `${scratch.path}/on-${major}`, databaseUrl: url.href });
    return steps[0];
  };

  test('is in nobody’s way where the role may lower deadlock_timeout, and is named', async () => {
    expect(await look('postgres')).toMatchObject({
      verdict: 'clear',
      reasons: [
        {
          verdict: 'clear',
          sentence: 'An autovacuum works on the table; it gives way within the budget of the strike.',
        },
      ],
    });
  });

  test('is waited for where the role may not look into it, as it may guard against wraparound', async () => {
    const step = await look('deploy');
    expect(step).toMatchObject({
      verdict: 'wait',
      reasons: [{ blocker: { isAutovacuum: true, class: 'wraparound-vacuum' } }],
    });
    expect(step?.reasons[0]?.sentence).toMatch(/^Autovacuum, pid \d+, holds SHARE UPDATE EXCLUSIVE on public\.orders/);
    expect(step?.reasons[0]?.nextCommand).toMatch(/^GRANT pg_read_all_stats TO deploy;/);
  });

  test('is waited for where the role may look, but not lower deadlock_timeout', async () => {
    await client.query('GRANT pg_read_all_stats TO deploy');
    const step = await look('deploy');
    expect(step).toMatchObject({
      verdict: 'wait',
      reasons: [{ blocker: { isAutovacuum: true, class: 'autovacuum' } }],
    });
    expect(step?.reasons[0]?.nextCommand).toMatch(
      major >= 15 ? /^GRANT SET ON PARAMETER deadlock_timeout TO deploy;/ : /pg_stat_progress_vacuum/,
    );
  });

  test.skipIf(major < 15)('is in nobody’s way once the role may do both', async () => {
    await client.query('GRANT SET ON PARAMETER deadlock_timeout TO deploy');
    expect(await look('deploy')).toMatchObject({ verdict: 'clear' });
  });

  test('has been left alone by looking', async () => {
    expect(
      await value<number>(client, "SELECT count(*)::int FROM pg_stat_progress_vacuum WHERE relid = 'orders'::regclass"),
    ).toBe(1);
  });
});
