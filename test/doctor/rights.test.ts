import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { checkOf, expectCheck } from './diagnosis.ts';

let database: TestDatabase;
let client: pg.Client;
let role = '';
let url = '';

describe.each([13, 15, 18])('PostgreSQL %i', (major) => {
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    role = `plain_${database.name}`;
    url = database.url.replace('postgres@', `${role}@`);
    await client.query(`CREATE ROLE ${role} LOGIN; CREATE TABLE orders (id int)`);
  });
  afterEach(async () => {
    await client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await database.drop();
  });

  test('the right to make the ledger, and to write the one that is there', async () => {
    const id = 'rights.ledger';
    expectCheck(
      await checkOf(url, id),
      'fail',
      `There is no ledger yet, and role ${role} may not make its schema.`,
      `GRANT CREATE ON DATABASE ${database.name} TO ${role};`,
    );
    await client.query((await checkOf(url, id)).nextCommand ?? '');
    expectCheck(await checkOf(url, id), 'ok', /may make it/);
    await client.query('CREATE SCHEMA evenkeel; CREATE TABLE evenkeel.ledger (version int)');
    expectCheck(await checkOf(url, id), 'fail', /may not write the ledger table evenkeel\.ledger/);
    await client.query((await checkOf(url, id)).nextCommand ?? '');
    expectCheck(await checkOf(url, id), 'ok', /the role may write it/);
  });

  test('tables of other owners are counted, and the grant makes them ours', async () => {
    const check = await checkOf(url, 'rights.ownership');
    expectCheck(
      check,
      'warn',
      /may not change 1 table: 1 of postgres \(public\.orders\)/,
      `GRANT postgres TO ${role};`,
    );
    await client.query(`ALTER TABLE orders OWNER TO ${role}`);
    expectCheck(await checkOf(url, 'rights.ownership'), 'ok', /owns every table/);
  });

  test('sessions of others that cannot be seen', async () => {
    const check = await checkOf(url, 'rights.statistics');
    expectCheck(check, 'warn', /[1-9]\d* sessions? hidden right now/, `GRANT pg_monitor TO ${role};`);
    await client.query(check.nextCommand ?? '');
    expectCheck(await checkOf(url, 'rights.statistics'), 'ok', /sees what sessions of other roles do/);
  });

  test('deadlock_timeout is tried, and what is told to type lets it be lowered or makes it short', async () => {
    const check = await checkOf(url, 'rights.deadlock-timeout');
    expectCheck(check, 'warn', /may not lower deadlock_timeout/);
    await client.query((check.nextCommand ?? '').replace(/--.*/, ''));
    expectCheck(await checkOf(url, 'rights.deadlock-timeout'), 'ok', major >= 15 ? /it was tried/ : /it is 20 ms/);
    expectCheck(await checkOf(database.url, 'rights.deadlock-timeout'), 'ok', /it was tried/);
  });

  test('sessions of others that may not be ended', async () => {
    const check = await checkOf(url, 'rights.signal-backend');
    expectCheck(check, 'warn', /end sessions of its own only/, `GRANT pg_signal_backend TO ${role};`);
    await client.query(check.nextCommand ?? '');
    expectCheck(await checkOf(url, 'rights.signal-backend'), 'ok', /pg_signal_backend/);
  });

  test('an autovacuum that may not be cancelled', async () => {
    const check = await checkOf(url, 'rights.signal-autovacuum');
    if (major < 18) {
      expectCheck(check, 'ok', /Before version 18 only superusers/);
    } else {
      expectCheck(check, 'warn', /neither cancel/, `GRANT pg_signal_autovacuum_worker TO ${role};`);
      await client.query(check.nextCommand ?? '');
      expectCheck(await checkOf(url, 'rights.signal-autovacuum'), 'ok', /pg_signal_autovacuum_worker/);
    }
    expectCheck(await checkOf(database.url, 'rights.signal-autovacuum'), 'ok', /superuser/);
  });

  test('a worker of a dead run that the role may not end', async () => {
    expectCheck(await checkOf(url, 'runs.orphans'), 'ok', /No worker/);
    await client.query("SET application_name = 'evenkeel:worker:dead'");
    const check = await checkOf(url, 'runs.orphans');
    expectCheck(
      check,
      'fail',
      new RegExp(`1 worker of dead runs.*Role ${role} may not end them`),
      /pg_terminate_backend/,
    );
    expectCheck(await checkOf(database.url, 'runs.orphans'), 'warn', /The next run ends them/);
  });

  test('a role that sees little never has its ignorance taken for an all-clear', async () => {
    for (const id of ['transactions.long', 'transactions.idle', 'transactions.horizon']) {
      const check = await checkOf(url, id);
      expectCheck(check, 'unknown', /session(s)? hidden/, `GRANT pg_monitor TO ${role};`);
    }
    expect((await checkOf(database.url, 'transactions.idle')).status).toBe('ok');
  });
});
