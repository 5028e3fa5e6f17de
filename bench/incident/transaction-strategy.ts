import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { MigrationTask, Strategy, StrategyOutcome, Strike } from './strategy.ts';

/** How a tool that runs each file in one transaction treats locks. */
export interface LockPolicy {
  /** null: waits as long as it takes. */
  readonly lockTimeoutMs: number | null;
  /** How long to pause after attempt number n (from 1) failed; null: no second attempt. */
  readonly pauseMs: ((attempt: number) => number) | null;
}

const LOCK_NOT_AVAILABLE = '55P03';

/** Each file in one transaction, in order of their names: what migration tools do, give or take the timeouts. */
export function transactionStrategy(id: string, name: string, policy: LockPolicy): Strategy {
  return { id, name, run: (task) => runFiles(task, policy) };
}

async function runFiles(task: MigrationTask, policy: LockPolicy): Promise<StrategyOutcome> {
  const client = new pg.Client({ connectionString: task.databaseUrl, application_name: 'migration-tool' });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const cutOff = (): void => void terminate(task.databaseUrl, rows[0]?.pid ?? 0);
  task.signal.addEventListener('abort', cutOff, { once: true });
  const strikes: Strike[] = [];
  let columnAttempts = 0;
  try {
    for (const [index, file] of (await filesOf(task.path)).entries()) {
      const { attempts, failure } = await runFile(client, file, policy, task, strikes);
      if (index === 0) columnAttempts = attempts;
      if (failure !== null) return { attempts: columnAttempts, strikes, finished: false, note: failure };
    }
    return { attempts: columnAttempts, strikes, finished: true, note: null };
  } finally {
    task.signal.removeEventListener('abort', cutOff);
    await client.end().catch(() => undefined);
  }
}

async function filesOf(source: string): Promise<readonly string[]> {
  if ((await stat(source)).isFile()) return [source];
  const names = await readdir(source);
  return names
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => path.join(source, name));
}

async function runFile(
  client: pg.Client,
  file: string,
  policy: LockPolicy,
  task: MigrationTask,
  strikes: Strike[],
): Promise<{ readonly attempts: number; readonly failure: string | null }> {
  const sql = await readFile(file, 'utf8');
  const name = path.basename(file);
  for (let attempt = 1; ; attempt += 1) {
    const fromMs = Date.now();
    try {
      await client.query('BEGIN');
      if (policy.lockTimeoutMs !== null) await client.query(`SET LOCAL lock_timeout = ${policy.lockTimeoutMs}`);
      await client.query(sql);
      await client.query('COMMIT');
      strikes.push({ fromMs, untilMs: Date.now() });
      task.say(`${name} done after ${((Date.now() - fromMs) / 1000).toFixed(1)} s`);
      return { attempts: attempt, failure: null };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      strikes.push({ fromMs, untilMs: Date.now() });
      if (task.signal.aborted) return { attempts: attempt, failure: 'cut off at the end of the run' };
      await client.query('ROLLBACK').catch(() => undefined);
      const again = 'code' in error && error.code === LOCK_NOT_AVAILABLE ? policy.pauseMs : null;
      if (again === null) return { attempts: attempt, failure: `${name}: ${error.message}` };
      if (!(await pause(again(attempt), task.signal))) {
        return { attempts: attempt, failure: 'cut off at the end of the run' };
      }
    }
  }
}

/** false when the run was cut off meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

/** A session that waits for a lock does not notice that its client hung up; it has to be told by somebody else. */
async function terminate(databaseUrl: string, pid: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'bench' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT pg_terminate_backend($1)', [pid]);
  } catch (error) {
    // No server any more means no session either.
    if (!(error instanceof Error)) throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
