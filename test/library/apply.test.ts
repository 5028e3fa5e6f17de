import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apply, type ClientSource, type EvenkeelError, type RunEvent, status } from '../../src/index.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const scratch = scratchFolder('library');
let database: TestDatabase;
let folder: string;
let counter = 0;

beforeEach(async () => {
  database = await createTestDatabase(18);
  const client = await database.client();
  await client.query('CREATE TABLE orders (id bigint PRIMARY KEY, total numeric NOT NULL)');
  await client.query('INSERT INTO orders SELECT n, n FROM generate_series(1, 2000) n');
  counter += 1;
  folder = `${scratch.path}/m${counter}`;
  scratch.write(
    `m${counter}/0001_note.sql`,
    'ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX orders_total ON orders (total);\n',
  );
});
afterEach(() => database.drop());

async function hasNote(): Promise<boolean> {
  const client = await database.client();
  const { rows } = await client.query(
    "SELECT FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'note'",
  );
  return rows.length === 1;
}

async function failure(work: Promise<unknown>): Promise<EvenkeelError> {
  return work.then(
    () => expect.fail('nothing was thrown'),
    (error: EvenkeelError) => error,
  );
}

/** As a cloud wants it: another password for each session, and no connection string at all. */
function clientSource(): { readonly source: ClientSource; readonly made: pg.Client[] } {
  const made: pg.Client[] = [];
  const { port, name } = database;
  const makeClient = async (): Promise<pg.Client> => {
    const password = `token-${made.length}`;
    const client = new pg.Client({ host: '127.0.0.1', port, database: name, user: 'postgres', password });
    made.push(client);
    return client;
  };
  return { source: { name: 'the shop in Frankfurt', makeClient }, made };
}

describe('apply() from code', () => {
  test('needs a path and a database, nothing else', async () => {
    expect(await apply({ path: folder, databaseUrl: database.url })).toBe('completed');
    expect(await hasNote()).toBe(true);
    const { migrations } = await status({ paths: [folder], databaseUrl: database.url });
    expect(migrations.map(({ state }) => state)).toEqual(['applied']);
  });

  test('tells its events in order, from the start to the end', async () => {
    const events: RunEvent[] = [];
    await apply({ path: folder, databaseUrl: database.url, onEvent: (event) => events.push(event) });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, at) => at + 1));
    expect(events.at(0)?.type).toBe('run:start');
    expect(events.findLast(({ type }) => type === 'run:end')).toMatchObject({ outcome: 'completed' });
  });

  test('two at once, on two databases, do not know of each other', async () => {
    const other = await createTestDatabase(18);
    try {
      const client = await other.client();
      await client.query('CREATE TABLE orders (id bigint PRIMARY KEY, total numeric NOT NULL)');
      const runs = new Set<string>();
      const onEvent = ({ run }: RunEvent): void => void runs.add(run);
      const outcomes = await Promise.all(
        [database, other].map(({ url }) => apply({ path: folder, databaseUrl: url, onEvent })),
      );
      expect(outcomes).toEqual(['completed', 'completed']);
      expect(runs.size).toBe(2);
    } finally {
      await other.drop();
    }
  });

  test('an aborted signal stops it resumably, with the command that does the same', async () => {
    const holder = await database.client();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM orders');
    const stop = new AbortController();
    const events: RunEvent[] = [];
    const outcome = await apply({
      path: folder,
      databaseUrl: database.url,
      signal: stop.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.type === 'lock:wait') stop.abort();
      },
    });
    expect(outcome).toBe('stopped');
    expect(events.findLast(({ type }) => type === 'run:end')).toMatchObject({
      nextCommand: `evenkeel apply ${folder}`,
    });
    await holder.query('COMMIT');
    expect(await apply({ path: folder, databaseUrl: database.url })).toBe('completed');
  });
});

async function namesOfSessions(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT application_name AS name FROM pg_stat_activity WHERE datname = current_database()',
  );
  return rows.map(({ name }) => name.split(':', 2).join(':'));
}

describe('a database that is reached by clients of the caller', () => {
  test('is changed as any other, each session a client of its own, under the names that runners know', async () => {
    const { source, made } = clientSource();
    const names = new Set<string>();
    const looker = await database.client();
    const seen: Promise<void>[] = [];
    const outcome = await apply({
      path: folder,
      databaseUrl: source,
      onEvent: ({ type }) => {
        if (type !== 'step:start') return;
        seen.push(namesOfSessions(looker).then((found) => found.forEach((name) => void names.add(name))));
      },
    });
    await Promise.all(seen);
    expect(outcome).toBe('completed');
    expect(new Set(made).size).toBeGreaterThanOrEqual(3);
    expect([...names]).toEqual(expect.arrayContaining(['evenkeel:control', 'evenkeel:worker']));
    expect(await hasNote()).toBe(true);
  });

  test('reads values as we do, whatever types the client has set for itself', async () => {
    const { source } = clientSource();
    const makeClient = async (): Promise<pg.Client> => {
      const client = (await source.makeClient()) as pg.Client;
      for (const oid of [16, 21, 23, 20, 26, 701]) client.setTypeParser(oid, () => 'something else');
      return client;
    };
    expect(await apply({ path: folder, databaseUrl: { ...source, makeClient } })).toBe('completed');
  });

  test('is called by its given name', async () => {
    const { source } = clientSource();
    const report = await status({ paths: [folder], databaseUrl: source });
    expect(report.database).toBe('the shop in Frankfurt');
  });

  test('where no client can be made, the error names the database and keeps the cause', async () => {
    const cause = new Error('the token service is closed');
    const makeClient = (): Promise<pg.Client> => Promise.reject(cause);
    const error = await failure(apply({ path: folder, databaseUrl: { name: 'the shop in Frankfurt', makeClient } }));
    expect(error).toMatchObject({ code: 'connection', cause });
    expect(error.message).toBe('The client for the shop in Frankfurt could not be made: the token service is closed');
    expect(await hasNote()).toBe(false);
  });

  test('a client that was connected already is refused, and nothing has changed', async () => {
    const used = await database.client();
    const error = await failure(apply({ path: folder, databaseUrl: { name: 'the shop', makeClient: () => used } }));
    expect(error.code).toBe('connection');
    expect(error.message).toContain('already been connected');
    expect(await hasNote()).toBe(false);
  });
});
