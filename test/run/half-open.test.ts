import { afterEach, beforeEach, expect, test } from 'vitest';
import { TcpProxy } from '../../faults/proxy/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, value } from './run-support.ts';

let database: TestDatabase;
let proxy: TcpProxy;

beforeEach(async () => {
  database = await createTestDatabase(18);
  await createOrders(await database.client(), 100);
  proxy = await TcpProxy.start(database.port);
});
afterEach(async () => {
  await proxy.stop();
  await database.drop();
});

const column = plan(
  migration('0001_column', [
    transactionStep('01-column', 'ALTER TABLE orders ADD COLUMN extra int', {
      locks: ['public.orders ACCESS EXCLUSIVE'],
    }),
  ]),
);

test.each([
  ['asks for the lock', /pg_try_advisory_lock/],
  ['takes the ledger', /INSERT INTO evenkeel\.runner/],
])('a connection that falls silent before the first step, when it %s, ends the run', async (_when, matching) => {
  const url = database.url.replace(`:${database.port}/`, `:${proxy.port}/`);
  void proxy.arm({ moment: 'half-open', matching });
  await expect(startRun(database, column, { url, limits: { heartbeatEveryMs: 100 } }).result).rejects.toThrow(
    /connection to .+/i,
  );
  proxy.cutAll();
  expect((await run(database, column)).outcome).toBe('completed');
});

test('a run whose connections fall silent ends by itself, and the next one finds what was done', async () => {
  const url = database.url.replace(`:${database.port}/`, `:${proxy.port}/`);
  void proxy.arm({ moment: 'half-open', matching: /ALTER TABLE[\s\S]*COMMIT$/ });
  const silent = startRun(database, column, { url, limits: { heartbeatEveryMs: 300 } });
  const { outcome, summary, nextCommand } = await silent.result;
  expect({ outcome, nextCommand }).toEqual({ outcome: 'stopped', nextCommand: 'evenkeel apply migrations' });
  expect(summary).toMatch(/^Stopped\. The connection to .+ The next run goes on from here\.$/);
  // The server of a silent client notices by its own keepalive; here the proxy tells it.
  proxy.cutAll();
  expect((await run(database, column)).outcome).toBe('completed');
  const client = await database.client();
  expect(await value(client, "SELECT count(*)::int FROM pg_attribute WHERE attname = 'extra'")).toBe(1);
});
