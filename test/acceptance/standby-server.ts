import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findPostgresBinaries } from '../../src/server/postgres-binaries.ts';
import type { PostgresServer } from '../../src/server/postgres-server.ts';
import { chooseServerUser } from '../../src/server/server-user.ts';

export interface StandbyServer {
  url(database: string): string;
  stop(): Promise<void>;
}

/** A standby: a copy of a server that is at rest, in recovery for ever because nobody sends it more WAL. */
export async function startStandby(primary: PostgresServer): Promise<StandbyServer> {
  const port = await freePort();
  const client = new pg.Client({ connectionString: primary.url() });
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  await client.query('CHECKPOINT');
  await client.end();
  const user = chooseServerUser();
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-standby-'));
  if (user !== null) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o755);
  const data = path.join(folder, 'data');
  execFileSync('cp', ['-a', rows[0]?.data_directory ?? '', data], user ?? {});
  rmSync(path.join(data, 'postmaster.pid'), { force: true });
  writeFileSync(path.join(data, 'standby.signal'), '');
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    fsync: 'off',
    hot_standby: 'on',
  };
  const binary = path.join(findPostgresBinaries(primary.major, user).folder, 'bin', 'postgres');
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(binary, ['-D', data, ...flags], { ...user, cwd: folder, stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const pidFile = path.join(data, 'postmaster.pid');
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8').split('\n')[7]?.trim() !== 'ready') {
    if (child.exitCode !== null) throw new TypeError('the standby did not start');
    await sleep(20);
  }
  return {
    url: (database) => `postgresql://postgres@127.0.0.1:${port}/${database}`,
    stop: async () => {
      child.kill('SIGQUIT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
