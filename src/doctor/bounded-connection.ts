import type { Connection } from '../db/connection.ts';

const BOUNDS = `SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '100ms'`;

/**
 * A session that only reads, each query in a short transaction of its own. What bounds it ends with that transaction:
 * a setting of the session would stay behind in the server connection of a pooler, for the application to run into.
 */
export function boundedConnection(connection: Connection): Connection {
  const bounded = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    await connection.execute(`BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; ${BOUNDS}`);
    try {
      return await work();
    } finally {
      await connection.execute('ROLLBACK').catch(() => undefined);
    }
  };
  return {
    pid: connection.pid,
    announcedPid: connection.announcedPid,
    serverMajor: connection.serverMajor,
    query: (sql, parameters) => bounded(() => connection.query(sql, parameters)),
    execute: (sql) => bounded(() => connection.execute(sql)),
    close: () => connection.close(),
  };
}
