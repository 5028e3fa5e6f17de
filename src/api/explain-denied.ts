import { DatabaseError, PrivilegeError } from '../model/error.ts';

/**
 * Waits for a look into the ledgers, Evenkeel's or that of the tool the files belong to.
 *
 * @throws PrivilegeError that says what to grant when the role may not read them; any other error as it is.
 */
export async function explainDenied<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlstate !== '42501') throw error;
    throw new PrivilegeError(`The role may not read what has been applied to this database: ${error.message}.`, {
      cause: error,
      nextCommand:
        'run as the role that applies migrations, or GRANT USAGE on that schema and SELECT on its tables, then run the same command again',
    });
  }
}
