import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectPostgres } from '../../src/db/postgres.ts';
import { type EvenkeelError, UsageError } from '../../src/model/error.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(18);
});
afterAll(() => database.drop());

async function failure(work: Promise<unknown>): Promise<EvenkeelError> {
  return work.then(
    () => expect.fail('nothing was thrown'),
    (error: EvenkeelError) => error,
  );
}

describe('a session', () => {
  test('knows its pid and major, names itself, and takes settings', async () => {
    const connection = await connectPostgres(database.url, {
      applicationName: 'evenkeel:test',
      settings: { lock_timeout: '123ms' },
    });
    const [row] = await connection.query<{ pid: number; name: string; timeout: string }>(
      "SELECT pg_backend_pid() pid, current_setting('application_name') AS name, current_setting('lock_timeout') timeout",
    );
    expect(row).toEqual({ pid: connection.pid, name: 'evenkeel:test', timeout: '123ms' });
    expect(connection.serverMajor).toBe(18);
    await connection.close();
  });

  test('gives numbers, booleans, null, and text for the rest', async () => {
    const connection = await connectPostgres(database.url, { applicationName: 'evenkeel:test' });
    const [row] = await connection.query('SELECT 1 a, true b, null::int c, 9007199254740993 d, 1.50 e, $1::text[] f', [
      ['x', 'y'],
    ]);
    expect(row).toEqual({ a: 1, b: true, c: null, d: '9007199254740993', e: '1.50', f: '{x,y}' });
    await connection.close();
  });

  test('runs statements of several callers one after another', async () => {
    const connection = await connectPostgres(database.url, { applicationName: 'evenkeel:test' });
    const answers = await Promise.all([1, 2, 3].map((n) => connection.query<{ n: number }>('SELECT $1::int n', [n])));
    expect(answers.flat().map((row) => row.n)).toEqual([1, 2, 3]);
    await connection.close();
  });

  test('answers SQLSTATE and detail of a failed statement, and goes on', async () => {
    const connection = await connectPostgres(database.url, { applicationName: 'evenkeel:test' });
    await connection.execute('CREATE TABLE once (id int PRIMARY KEY); INSERT INTO once VALUES (1)');
    const error = await failure(connection.execute('INSERT INTO once VALUES (1)'));
    expect(error).toMatchObject({ code: 'database', sqlstate: '23505', detail: 'Key (id)=(1) already exists.' });
    expect(await connection.query('SELECT id FROM once')).toEqual([{ id: 1 }]);
    await connection.close();
  });

  test('that is terminated is a lost connection, not a crash', async () => {
    const connection = await connectPostgres(database.url, { applicationName: 'evenkeel:test' });
    const other = await database.client();
    await other.query('SELECT pg_terminate_backend($1)', [connection.pid]);
    const error = await failure(connection.query('SELECT 1'));
    expect(error).toMatchObject({ code: 'connection', recovery: 'retry', exitCode: 3 });
    expect((await failure(connection.query('SELECT 1'))).code).toBe('connection');
    await connection.close();
  });

  test('that is closed says so', async () => {
    const connection = await connectPostgres(database.url, { applicationName: 'evenkeel:test' });
    await connection.close();
    expect((await failure(connection.query('SELECT 1'))).message).toMatch(/closed/);
  });

  test('on a read-only server refuses to write with a class of its own', async () => {
    const connection = await connectPostgres(database.url, {
      applicationName: 'evenkeel:test',
      settings: { default_transaction_read_only: 'on' },
    });
    expect(await failure(connection.execute('CREATE TABLE x (id int)'))).toMatchObject({ code: 'read-only-server' });
    await connection.close();
  });
});

describe('no session', () => {
  const connect = (url: string): Promise<EvenkeelError> => failure(connectPostgres(url, { applicationName: 'x' }));

  test('where nobody listens', async () => {
    const port = await closedPort();
    const error = await connect(`postgresql://me:s3cret@127.0.0.1:${port}/shop`);
    expect(error).toMatchObject({ code: 'connection' });
    expect(error.message).toBe(`No server answers at 127.0.0.1:${port}/shop: the connection was refused.`);
    expect(error.nextCommand).not.toBeNull();
  });

  test('without such a host', async () => {
    const error = await connect('postgresql://me:s3cret@no-such-host.invalid/shop');
    expect(error.message).toMatch(/^The host of no-such-host.invalid:5432\/shop/);
  });

  test('without such a database', async () => {
    const error = await connect(database.url.replace(/[^/]*$/, 'nowhere'));
    expect(error.message).toMatch(/nowhere does not exist on that server/);
  });

  test('for a role that is not there', async () => {
    const error = await connect(`postgresql://nobody_here:s3cret@127.0.0.1:${database.port}/${database.name}`);
    expect(error.code).toBe('connection');
    expect(JSON.stringify({ ...error, message: error.message })).not.toMatch(/s3cret/);
  });

  test('for a URL of another kind', async () => {
    expect(await connect('mysql://root:s3cret@localhost/shop')).toBeInstanceOf(UsageError);
    expect((await connect('localhost')).message).not.toMatch(/localhost/);
  });
});

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 1));
    });
  });
}
