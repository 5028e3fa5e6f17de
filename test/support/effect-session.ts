import type pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

/** A database of its own for the tests of one major, and the little that tests of what statements do ask it. */
export interface EffectSession {
  /** There once the tests begin. */
  readonly database: TestDatabase;
  run(sql: string): Promise<unknown>;
  /** The first column of the first row. */
  value(sql: string): Promise<unknown>;
  /** The SQLSTATE of the error, or `none`. */
  codeOf(sql: string, who?: pg.Client): Promise<string>;
}

/** @example const { run, value, codeOf } = effectSession(18); */
export function effectSession(major: number): EffectSession {
  let database: TestDatabase | null = null;
  let client: pg.Client | null = null;
  const begun = <Begun>(one: Begun | null): Begun => {
    if (one === null) throw new TypeError('the tests have not begun');
    return one;
  };
  beforeAll(async () => {
    database = await createTestDatabase(major);
    client = await database.client();
  });
  afterAll(() => begun(database).drop());
  return {
    get database() {
      return begun(database);
    },
    run: (sql) => begun(client).query(sql),
    value: async (sql) => (await begun(client).query<unknown[]>({ text: sql, rowMode: 'array' })).rows[0]?.[0],
    codeOf: async (sql, who = begun(client)) => {
      try {
        await who.query(sql);
        return 'none';
      } catch (error) {
        return (error as { code: string }).code;
      }
    },
  };
}
