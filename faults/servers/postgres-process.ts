import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvariantError } from '../../src/model/error.ts';
import { findPostgresBinaries } from '../../src/server/postgres-binaries.ts';
import { chooseServerUser } from '../../src/server/server-user.ts';

export interface PostgresProcessOptions {
  readonly major: number;
  readonly dataFolder: string;
  readonly settings: Readonly<Record<string, string>>;
}

const STARTS_WITHIN_MS = 60_000;

/** Starts `postgres` on a data folder that is there already; resolves once it takes connections. */
export async function startPostgresProcess(options: PostgresProcessOptions): Promise<ChildProcess> {
  const { major, dataFolder, settings } = options;
  const user = chooseServerUser();
  const binary = path.join(findPostgresBinaries(major, user).folder, 'bin', 'postgres');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const logFile = path.join(path.dirname(dataFolder), 'log');
  const log = openSync(logFile, 'a');
  const child = spawn(binary, ['-D', dataFolder, ...flags], {
    ...user,
    cwd: path.dirname(dataFolder),
    stdio: ['ignore', log, log],
  });
  const pidFile = path.join(dataFolder, 'postmaster.pid');
  const deadline = Date.now() + STARTS_WITHIN_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const lines = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n') : [];
    // After a crash the file of the dead server is still there for a moment.
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return child;
    await sleep(10);
  }
  child.kill('SIGKILL');
  throw new InvariantError(`The server on ${dataFolder} did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
}
