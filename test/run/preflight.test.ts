import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EvenkeelError } from '../../src/model/error.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { migration, plan, transactionStep } from './plan-fixture.ts';
import { createOrders, run, value } from './run-support.ts';

let database: TestDatabase;
let client: pg.Client;
let role: string;

const addColumn = plan(
  migration('0001_column', [
    transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', { locks: ['public.orders ACCESS EXCLUSIVE'] }),
  ]),
);

describe.each([13, 18])('PostgreSQL %i', (major) => {
  beforeAll(async () => {
    const maintenance = await createTestDatabase(major);
    role = `plain_${maintenance.name}`;
    await (await maintenance.client()).query(`CREATE ROLE ${role} LOGIN PASSWORD 's3cret'`);
    await maintenance.drop();
  });
  afterAll(async () => {
    const maintenance = await createTestDatabase(major);
    await (await maintenance.client()).query(`DROP ROLE ${role}`);
    await maintenance.drop();
  });
  beforeEach(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
    await createOrders(client, 10);
  });
  afterEach(() => database.drop());

  const refusal = async (options: Parameters<typeof run>[2] = {}, given = addColumn): Promise<EvenkeelError> =>
    run(database, given, options).then(
      ({ outcome }) => expect.fail(`it ran: ${outcome}`),
      (error: EvenkeelError) => error,
    );
  const asRole = (): string => database.url.replace('postgres@', `${role}:s3cret@`);
  const untouched = async (): Promise<void> => {
    expect(await value(client, "SELECT to_regnamespace('evenkeel')::text")).toBeNull();
  };

  test('a read-only database is refused', async () => {
    await client.query(`ALTER DATABASE ${database.name} SET default_transaction_read_only = on`);
    expect(await refusal()).toMatchObject({ code: 'read-only-server', message: expect.stringMatching(/read only/) });
    await untouched();
  });

  test('a role that may not make the ledger is told which right it lacks', async () => {
    const error = await refusal({ url: asRole() });
    expect(error).toMatchObject({ code: 'privilege', nextCommand: expect.stringMatching(/GRANT CREATE ON DATABASE/) });
    await untouched();
  });

  test('a role that does not own the table is told whose it is', async () => {
    await client.query(`GRANT CREATE ON DATABASE ${database.name} TO ${role}`);
    const error = await refusal({ url: asRole() });
    expect(error.message).toBe(`Table public.orders belongs to postgres; role ${role} may not change it.`);
  });

  test('a role that may not write the ledger of another is told so', async () => {
    await run(database, plan(migration('0000_first', [transactionStep('01-a', 'CREATE TABLE a (id int)')])));
    const error = await refusal({ url: asRole() });
    expect(error).toMatchObject({ code: 'privilege', message: expect.stringMatching(/ledger table evenkeel\./) });
  });

  test('an ordinary owner may do everything', async () => {
    await client.query(`GRANT CREATE ON DATABASE ${database.name} TO ${role}; ALTER TABLE orders OWNER TO ${role};
      GRANT CREATE, USAGE ON SCHEMA public TO ${role}`);
    expect((await run(database, addColumn, { url: asRole() })).outcome).toBe('completed');
  });

  test('a plan for another catalog is refused before anything is done, but not once it has begun', async () => {
    const fingerprintOf = async (): Promise<string> => 'another';
    const error = await refusal({ fingerprintOf });
    expect(error).toMatchObject({ code: 'stale-plan', exitCode: 1 });
    expect((await run(database, addColumn, { fingerprintOf: async () => 'f' })).outcome).toBe('completed');
    expect((await run(database, addColumn, { fingerprintOf })).outcome).toBe('completed');
  });

  test('a gate that is not in the plan is a usage error', async () => {
    expect(await refusal({ passGate: '0001_column:09-gate' })).toMatchObject({ code: 'usage' });
  });

  test('a file that was edited after it was applied is refused', async () => {
    await run(database, addColumn);
    const edited = plan({ ...addColumn.migrations[0]!, checksum: 'edited' });
    expect(await refusal({}, edited)).toMatchObject({
      code: 'ledger-mismatch',
      message: 'migrations/0001_column.sql was edited after it was applied.',
    });
  });

  test('a begun migration that the plan leaves out is refused', async () => {
    const broken = plan(migration('0001_broken', [transactionStep('01-no', 'SELECT 1/0')]));
    expect((await run(database, broken)).outcome).toBe('failed');
    expect(await refusal()).toMatchObject({ code: 'ledger-mismatch', message: expect.stringMatching(/0001_broken/) });
  });

  test('a ledger of a newer version is left alone', async () => {
    await run(database, addColumn);
    await client.query('UPDATE evenkeel.ledger SET version = 99');
    expect(await refusal()).toMatchObject({
      code: 'ledger-mismatch',
      nextCommand: expect.stringMatching(/^npm install evenkeel@latest/),
    });
  });
});
