import { PoolerError } from '../model/error.ts';
import type { PoolerFinding } from '../model/pooler.ts';
import type { Connection } from './connection.ts';
import type { DatabaseTarget } from './database-target.ts';
import { describeDatabase } from './describe-database.ts';
import { detectPooler } from './detect-pooler.ts';
import { liftTransactionTimeout } from './lift-transaction-timeout.ts';
import { type ConnectOptions, connectPostgres } from './postgres.ts';

export interface SessionOptions extends ConnectOptions {
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A session that is ours alone, with settings of its own. Through a pooler that hands its server connections on after
 * each transaction there is no such thing: what we set would stay in a connection that the application gets next.
 *
 * @throws PoolerError when it would; nothing has been set then. Else as `connectPostgres` does.
 * @example const session = await openSession(url, { applicationName: 'evenkeel:plan', settings: { lock_timeout: '2s' } });
 */
export async function openSession(target: DatabaseTarget, options: SessionOptions): Promise<Connection> {
  const { applicationName, settings, onNotice } = options;
  const connection = await connectPostgres(target, {
    applicationName,
    ...(onNotice === undefined ? {} : { onNotice }),
  });
  try {
    // A session whose server process announced itself has nobody in between, which takes no second look.
    if (connection.announcedPid !== connection.pid) await requireOwnSession(target);
    await liftTransactionTimeout(connection);
    for (const [name, value] of Object.entries(settings)) {
      await connection.query('SELECT pg_catalog.set_config($1, $2, false)', [name, value]);
    }
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function requireOwnSession(target: DatabaseTarget): Promise<void> {
  const { mode, seen } = await detectPooler(target);
  if (mode === 'none' || mode === 'session') return;
  throw new PoolerError(
    `${describeDatabase(target)} is behind a pooler ${MANNER[mode]} (${seen}). Settings and locks of a session would end up in connections of the application.`,
    { nextCommand: 'let the database URL name the server itself, past the pooler, and run the same command again' },
  );
}

const MANNER: Readonly<Record<Exclude<PoolerFinding['mode'], 'none' | 'session'>, string>> = {
  transaction: 'that hands its server connections on after each transaction',
  statement: 'that hands its server connections on after each statement',
  unclear: 'whose manner cannot be seen',
};
