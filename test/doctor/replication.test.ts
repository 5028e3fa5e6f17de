import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import { until, value } from '../run/run-support.ts';
import { type Standby, startStandby } from '../support/start-standby.ts';
import { checkOf, expectCheck } from './diagnosis.ts';

describe.each([13, 18])('PostgreSQL %i', (major) => {
  let server: PostgresServer;
  let client: pg.Client;
  let standby: Standby;
  let url = '';

  beforeAll(async () => {
    server = await startPostgresServer({ major, settings: { max_prepared_transactions: '10' } });
    url = server.url();
    client = new pg.Client({ connectionString: url });
    await client.connect();
    standby = await startStandby(server, 'follower');
    await until(() => value<boolean>(client, "SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'"));
  });
  afterAll(async () => {
    await client.end();
    await standby.stop();
    await server.stop();
  });

  test('a standby is no place for migrations', async () => {
    expectCheck(await checkOf(standby.url(), 'server.writable'), 'fail', 'This server is a standby.', /primary/);
    expectCheck(await checkOf(url, 'server.writable'), 'ok', /a primary/);
    expectCheck(await checkOf(standby.url(), 'replication.standbys'), 'ok', /No standby/);
  });

  test('wal_level is told', async () => {
    expectCheck(await checkOf(url, 'replication.wal-level'), 'ok', 'wal_level is logical.');
  });

  test('a standby in step, and one that lags', async () => {
    expectCheck(await checkOf(url, 'replication.standbys'), 'ok', /^follower \(streaming\) is /);
    const replay = new pg.Client({ connectionString: standby.url() });
    await replay.connect();
    await replay.query('SELECT pg_wal_replay_pause()');
    await client.query('CREATE TABLE lagging (id int); INSERT INTO lagging SELECT generate_series(1, 100000)');
    expectCheck(
      await checkOf(url, 'replication.standbys', { lagBytes: 1024 * 1024 }),
      'warn',
      /^follower \(streaming\) is \d+(\.\d)? MB behind/,
      /pg_stat_replication/,
    );
    await replay.query('SELECT pg_wal_replay_resume()');
    await replay.end();
    await until(async () => (await checkOf(url, 'replication.standbys', { lagBytes: 1024 * 1024 })).status === 'ok');
  });

  test('a synchronous standby that is there, and one that is not', async () => {
    const id = 'replication.synchronous';
    expectCheck(await checkOf(url, id), 'ok', /wait for no standby/);
    const wait = async (names: string): Promise<void> => {
      await client.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
      await client.query('SELECT pg_reload_conf()');
      await until(async () => (await value<string>(client, 'SHOW synchronous_standby_names')) === names);
    };
    try {
      await wait('follower');
      await until(() =>
        value<boolean>(client, "SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'"),
      );
      expectCheck(await checkOf(url, id), 'ok', 'Commits wait for 1 standby of follower; connected and in step: 1.');
      await wait('ANY 2 (follower, nobody)');
      expectCheck(await checkOf(url, id), 'fail', /wait for 2 standbys of ANY 2 .*in step: 1\./, /RESET synchronous/);
      await wait('nobody');
      expectCheck(await checkOf(url, id), 'fail', 'Commits wait for 1 standby of nobody; connected and in step: 0.');
      const relaxed = `${url}?options=-c%20synchronous_commit%3Dlocal`;
      expectCheck(await checkOf(relaxed, id), 'ok', /synchronous_commit is local/);
    } finally {
      await client.query('ALTER SYSTEM RESET synchronous_standby_names');
      await client.query('SELECT pg_reload_conf()');
    }
    await until(async () => (await value<string>(client, 'SHOW synchronous_standby_names')) === '');
  });

  test('slots that nobody reads, and WAL that they keep', async () => {
    const id = 'replication.slots';
    expectCheck(await checkOf(url, id), 'ok', 'There are no replication slots.');
    expectCheck(await checkOf(url, 'replication.logical'), 'ok', /No logical slot/);
    await client.query("SELECT pg_create_physical_replication_slot('left_over', true)");
    expectCheck(
      await checkOf(url, id),
      'warn',
      /^1 slot: left_over \(physical, nobody reads it, reserved\) keeps .* of WAL\.$/,
      "SELECT pg_drop_replication_slot('left_over'); -- only if its reader is gone for good",
    );
    await client.query('CREATE TABLE filling AS SELECT generate_series(1, 50000) AS id');
    expectCheck(await checkOf(url, id, { retainedFailBytes: 1024 * 1024 }), 'fail', /keeps \d+(\.\d)? MB of WAL/);
    await client.query("SELECT pg_drop_replication_slot('left_over')");
    await client.query("SELECT pg_create_logical_replication_slot('subscriber', 'pgoutput')");
    expectCheck(
      await checkOf(url, 'replication.logical'),
      'warn',
      '1 logical slot of this database: subscriber (nobody reads it).',
      /subscriber first/,
    );
    expectCheck(
      await checkOf(url, 'transactions.horizon', { oldXminXids: -1 }),
      'warn',
      /replication slot subscriber: .* transactions back/,
      /pg_drop_replication_slot\('subscriber'\)/,
    );
    await client.query("SELECT pg_drop_replication_slot('subscriber')");
    expectCheck(await checkOf(url, id), 'ok', 'There are no replication slots.');
  });

  test('prepared transactions: who, how old, and how to end them', async () => {
    const id = 'transactions.prepared';
    expectCheck(await checkOf(url, id), 'ok', /No prepared transaction .*max_prepared_transactions is 10/);
    await client.query("BEGIN; CREATE TABLE half (id int); PREPARE TRANSACTION 'order''s half'");
    const check = await checkOf(url, id);
    expectCheck(check, 'warn', /^1 prepared transaction in this database: order's half of postgres, \d+ m?s old/);
    expectCheck(
      await checkOf(url, 'transactions.horizon', { oldXminXids: -1 }),
      'warn',
      /prepared transaction order's half/,
      /^ROLLBACK PREPARED 'order''s half'/,
    );
    await client.query((check.nextCommand ?? '').replace(/--.*/, ''));
    expectCheck(await checkOf(url, id), 'ok', /No prepared transaction/);
    expect(await value(client, "SELECT to_regclass('half')::text")).toBeNull();
  });

  test('a role that may not see the lag of standbys says so', async () => {
    await client.query('CREATE ROLE looks_on LOGIN');
    const given = url.replace('postgres@', 'looks_on@');
    expectCheck(
      await checkOf(given, 'replication.standbys'),
      'unknown',
      /may not see/,
      'GRANT pg_monitor TO looks_on;',
    );
    await client.query('GRANT pg_monitor TO looks_on');
    expectCheck(await checkOf(given, 'replication.standbys'), 'ok', /^follower/);
  });
});
