import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../model/error.ts';
import type { PoolerFinding } from '../model/pooler.ts';
import type { Connection } from './connection.ts';
import type { DatabaseTarget } from './database-target.ts';
import { connectPostgres } from './postgres.ts';

/** How often the two sessions are held against each other; a pool that hands its servers out in turn needs a few. */
const ROUNDS = 4;

/** A pool that has no server left lets us wait for minutes. */
const ANSWER_WITHIN_MS = 2_000;
const SECOND_SESSION_WITHIN_MS = 5_000;

const APPLICATION_NAME = 'evenkeel:pooler';

/**
 * Whether a pooler stands between us and the server, and what a session through it is worth: by how two sessions
 * behave, never by what anybody says. They only ask which process serves them: nothing is set and no lock is taken, as
 * that would stay behind in a server connection that the application gets next.
 *
 * @throws ConnectionError, PrivilegeError, UsageError when there is no session at all.
 */
export async function detectPooler(target: DatabaseTarget): Promise<PoolerFinding> {
  const first = await connectPostgres(target, { applicationName: APPLICATION_NAME });
  try {
    if (first.announcedPid === first.pid && (await backendPid(first)) === first.pid) {
      return {
        mode: 'none',
        seen: `server process ${first.pid} announced itself at login and serves the session`,
      };
    }
    return await modeBetween(first, target);
  } finally {
    await first.close();
  }
}

async function modeBetween(first: Connection, target: DatabaseTarget): Promise<PoolerFinding> {
  const second = await within(
    SECOND_SESSION_WITHIN_MS,
    connectPostgres(target, { applicationName: APPLICATION_NAME }),
    (late) => void late.close(),
  );
  if (second === null) {
    return {
      mode: 'unclear',
      seen: `${announced(first)}, and a second session did not come through within ${SECOND_SESSION_WITHIN_MS / 1000} s`,
    };
  }
  try {
    return await compare(first, second);
  } finally {
    await second.close();
  }
}

/** One session stays out of transactions while the other is in one: who shares a server process, shares it then. */
async function compare(first: Connection, second: Connection): Promise<PoolerFinding> {
  const pids = new Set([first.pid]);
  for (let round = 0; round < ROUNDS; round += 1) {
    pids.add(await backendPid(first));
    if (!(await begin(second))) {
      return { mode: 'statement', seen: `${announced(first)}, and a transaction is refused` };
    }
    try {
      const other = await backendPid(second);
      if (pids.has(other)) {
        const seen = `server process ${other} served one session, then a transaction of another while the first was still open`;
        return { mode: 'transaction', seen };
      }
      const own = await within(ANSWER_WITHIN_MS, backendPid(first));
      if (own === null) {
        const seen = `a session got no answer while another was in a transaction: they share server processes`;
        return { mode: 'transaction', seen };
      }
      pids.add(own);
    } finally {
      await second.execute('ROLLBACK');
    }
    if (pids.size > 1) {
      const seen = `one session was served by the server processes ${[...pids].join(', ')} in turn`;
      return { mode: 'transaction', seen };
    }
  }
  return {
    mode: 'session',
    seen: `${announced(first)}, and each of two sessions kept its server process over ${ROUNDS} transactions of the other`,
  };
}

function announced(connection: Connection): string {
  const by = connection.announcedPid === null ? 'nothing' : `process ${connection.announcedPid}`;
  return `${by} was announced at login, and server process ${connection.pid} answers`;
}

/** A pooler in statement mode lets nobody begin a transaction. */
async function begin(connection: Connection): Promise<boolean> {
  try {
    await connection.execute('BEGIN READ ONLY');
    return true;
  } catch (error) {
    if (isTransactionRefused(error)) return false;
    throw error;
  }
}

function isTransactionRefused(error: unknown): boolean {
  const text = error instanceof Error ? `${error.message} ${String(error.cause)}` : '';
  const isProtocol = error instanceof DatabaseError && error.sqlstate === '08P01';
  return isProtocol || /statement pooling/i.test(text);
}

async function backendPid(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return row?.pid ?? 0;
}

/** null when the answer does not come in time; whoever comes late is given to `late`. */
async function within<Value>(
  limitMs: number,
  answer: Promise<Value>,
  late: (value: Value) => void = () => undefined,
): Promise<Value | null> {
  const timer = new AbortController();
  const inTime = await Promise.race([
    answer.then((value) => ({ value })),
    sleep(limitMs, null, { signal: timer.signal }).catch(() => null),
  ]);
  timer.abort();
  if (inTime !== null) return inTime.value;
  answer.then(late, () => undefined);
  return null;
}
