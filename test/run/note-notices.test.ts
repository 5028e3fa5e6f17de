import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunEventDetail } from '../../src/model/run-event.ts';
import { noteNotices } from '../../src/run/note-notices.ts';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, startRun, until, value } from './run-support.ts';

describe('what is passed on', () => {
  let told: string[];
  let tell: ReturnType<typeof noteNotices>;
  beforeEach(() => {
    told = [];
    tell = noteNotices((event: RunEventDetail) => void told.push('note' in event ? event.note : event.type));
  });
  const warning = { severity: 'WARNING', sqlstate: '01000', message: 'row of ann is odd', detail: null };

  test('each sentence once', () => {
    tell(warning, 'worker');
    tell(warning, 'worker');
    tell(warning, 'control');
    expect(told).toEqual(['The server says, as a warning: row of ann is odd']);
  });

  test('notices of the worker, and only warnings of the control session, in any language', () => {
    const notice = { severity: 'HINWEIS', sqlstate: '42P07', message: 'relation "x" already exists', detail: null };
    tell(notice, 'control');
    tell({ ...warning, severity: 'WARNUNG' }, 'control');
    tell(notice, 'worker');
    expect(told).toEqual([
      'The server says, as a warning: row of ann is odd',
      'The server says: relation "x" already exists',
    ]);
  });

  test('no literal, and not what our own ROLLBACK is told', () => {
    tell({ ...warning, message: "mail 'a@b.c' of 4711 is odd", detail: "It is '12'." }, 'worker');
    tell({ ...warning, sqlstate: '25P01', message: 'there is no transaction in progress' }, 'worker');
    expect(told).toEqual(['The server says, as a warning: mail ? of ? is odd It is ?.']);
  });

  test('fifty at most', () => {
    for (const word of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ') {
      tell({ ...warning, message: `this is ${word}` }, 'worker');
    }
    expect(told).toHaveLength(50);
  });
});

describe('on a server whose synchronous standby is missing', () => {
  let server: PostgresServer;
  let client: pg.Client;
  beforeAll(async () => {
    const settings = { synchronous_standby_names: 'nobody', synchronous_commit: 'local' };
    server = await startPostgresServer({ major: 18, settings });
    client = new pg.Client(server.url());
    await client.connect();
    await createOrders(client, 10);
  });
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  test('that the change is committed here alone is told', async () => {
    const column = plan(
      migration('0001_column', [
        transactionStep('01-add', ['SET LOCAL synchronous_commit = on', 'ALTER TABLE orders ADD COLUMN extra int'], {
          locks: ['public.orders ACCESS EXCLUSIVE'],
        }),
      ]),
    );
    const database = { name: 'postgres', url: server.url(), port: server.port } as TestDatabase;
    const started = startRun(database, column);
    await until(
      async () =>
        (await value<number>(client, "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'SyncRep'")) === 1,
    );
    await client.query('SELECT count(*) FROM orders');
    expect((await started.result).outcome).toBe('completed');
    const notes = started.of('run:note').map(({ note }) => note);
    expect(notes.filter((note) => note.includes('synchronous replication'))).toEqual([
      expect.stringMatching(
        /^The server says, as a warning: canceling wait for synchronous replication .* committed locally, but might not have been replicated/,
      ),
    ]);
    expect((await run(database, column)).summary).toMatch(/^Nothing to do/);
  });
});
