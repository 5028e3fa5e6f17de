import type { Connection } from '../db/connection.ts';
import { DatabaseError, ReadOnlyServerError } from '../model/error.ts';
import type { StatementError } from './statement-outcome.ts';

/** Runs a statement; answers the server's refusal instead of throwing it. */
export async function errorOf(connection: Connection, sql: string): Promise<StatementError | null> {
  try {
    await connection.execute(sql);
    return null;
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlstate !== null) {
      return { sqlstate: error.sqlstate, message: error.message };
    }
    if (error instanceof ReadOnlyServerError) return { sqlstate: '25006', message: error.message };
    throw error;
  }
}
