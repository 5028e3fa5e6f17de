import { execFileSync } from 'node:child_process';
import { UsageError } from '../model/error.ts';

/** Who the server runs as: null for the user that we are ourselves. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so as root an unprivileged account of the machine is borrowed: `postgres` where
 * there is one, else `nobody`. It has to exist in the user database; initdb looks its name up.
 *
 * @throws UsageError when we are root and neither account exists.
 */
export function chooseServerUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const uid = accountId('-u', name);
    const gid = accountId('-g', name);
    if (uid !== null && gid !== null) return { uid, gid };
  }
  throw new UsageError(
    'PostgreSQL does not run as root, and this machine has neither a "postgres" nor a "nobody" account to run it as.',
    { nextCommand: 'run the same command as an ordinary user' },
  );
}

function accountId(flag: '-u' | '-g', name: string): number | null {
  try {
    return Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
