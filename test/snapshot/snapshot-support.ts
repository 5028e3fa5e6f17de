import { readFileSync } from 'node:fs';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { readSnapshot } from '../../src/snapshot/read-snapshot.ts';
import type { TestDatabase } from '../support/test-database.ts';

/** As the command connects. */
const SETTINGS = { default_transaction_read_only: 'on', statement_timeout: '30s', lock_timeout: '100ms' };

/** The SQL of one of the schemas that the measured forms run on. */
export function schemaSql(name: 'shop' | 'types' | 'partitioned' | 'inherited'): string {
  return readFileSync(`measured/schemas/${name}.sql`, 'utf8');
}

export async function takeSnapshot(url: string, sampleMs = 0): Promise<Snapshot> {
  const connection = await connectPostgres(url, { applicationName: 'test:snapshot', settings: SETTINGS });
  try {
    return await readSnapshot(connection, { sampleMs });
  } finally {
    await connection.close();
  }
}

/** A connection that calls `listen` with every statement before it is sent. */
export async function listeningConnection(
  database: TestDatabase,
  listen: (sql: string) => void | Promise<void>,
): Promise<Connection> {
  const connection = await connectPostgres(database.url, { applicationName: 'test:snapshot', settings: SETTINGS });
  return {
    pid: connection.pid,
    announcedPid: connection.announcedPid,
    serverMajor: connection.serverMajor,
    query: async (sql, parameters) => {
      await listen(sql);
      return connection.query(sql, parameters);
    },
    execute: async (sql) => {
      await listen(sql);
      return connection.execute(sql);
    },
    close: () => connection.close(),
  };
}

/** What does not change while the database does not: everything but the clock. */
export function timeless(snapshot: Snapshot): object {
  const { takenAt: _, activity, relations, ...rest } = snapshot;
  const { since, sinceIsExact, lockedRelations } = activity;
  const sizes = Object.entries(relations).map(([key, { average: __, sampled: ___, ...one }]) => [key, one]);
  return { ...rest, activity: { since, sinceIsExact, lockedRelations }, relations: Object.fromEntries(sizes) };
}
