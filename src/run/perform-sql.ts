import type { Connection } from '../db/connection.ts';
import type { Supervised } from '../guard/supervise.ts';
import { ConnectionError, DatabaseError, PrivilegeError, ReadOnlyServerError } from '../model/error.ts';
import type { Failure } from './failure.ts';

/**
 * A thrown error as plain data for the state machine.
 *
 * @throws the error itself when it is none of the server's answers (a lost connection, a fault of our own).
 */
export function failureOf(error: unknown, elapsedMs: number, watched?: Supervised): Failure {
  const base = {
    elapsedMs: Math.round(elapsedMs),
    waiters: watched?.maxWaiters ?? 0,
    cancelledBy: null,
    overdraft: null,
    alarm: null,
  };
  if (error instanceof DatabaseError) {
    const { sqlstate, detail } = error;
    const message = error.message.replace(/[.\s]+$/, '');
    if (sqlstate !== '57014') return { ...base, sqlstate, detail, message };
    const { cancelledBy = null, overdraft = null } = watched ?? {};
    return { ...base, sqlstate, detail, message, cancelledBy, overdraft };
  }
  if (error instanceof ReadOnlyServerError) return { ...base, sqlstate: '25006', detail: null, message: error.message };
  if (error instanceof PrivilegeError) return { ...base, sqlstate: '42501', detail: null, message: error.message };
  throw error;
}

/** Ends the transaction that a failed message left behind; its locks were released when it failed. */
export async function rollBack(connection: Connection): Promise<void> {
  await connection.execute('ROLLBACK');
}

/** Whether an error means that the session is gone. */
export function isConnectionLost(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError;
}

/** Sets the session's own timeouts, for statements that stand alone; 0 switches one off. */
export async function setTimeouts(
  connection: Connection,
  timeouts: { readonly lockTimeoutMs: number; readonly statementTimeoutMs: number },
): Promise<void> {
  const { lockTimeoutMs, statementTimeoutMs } = timeouts;
  await connection.execute(`SET lock_timeout = ${lockTimeoutMs}; SET statement_timeout = ${statementTimeoutMs}`);
}
