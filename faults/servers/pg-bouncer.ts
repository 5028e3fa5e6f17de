import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as tcpConnect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { InvariantError } from '../../src/model/error.ts';
import { chooseServerUser } from '../../src/server/server-user.ts';
import { freePort } from './postgres-process.ts';

const INSTALL = fileURLToPath(new URL('../install-pgbouncer.sh', import.meta.url));
const STARTS_WITHIN_MS = 10_000;

let found: string | null | undefined;

/** Where PgBouncer is, fetched by our script where the machine has none; null when it cannot be had. */
function findPgBouncer(): string | null {
  if (found !== undefined) return found;
  try {
    const answer = execFileSync('sh', [INSTALL], { stdio: ['ignore', 'pipe', 'ignore'] });
    found = answer.toString().trim();
  } catch {
    found = null;
  }
  return found;
}

/** A sentence when there is no PgBouncer here. */
export function missingPgBouncer(): string | null {
  const binary = findPgBouncer();
  return binary !== null && existsSync(binary) ? null : 'PgBouncer is not installed and could not be fetched';
}

export type PoolMode = 'session' | 'transaction';

/** A PgBouncer of our own in front of a server, as an unprivileged user. */
export class PgBouncer {
  readonly port: number;
  readonly #folder: string;
  #child: ChildProcess;

  private constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#child = child;
  }

  static async start(serverPort: number, mode: PoolMode): Promise<PgBouncer> {
    const user = chooseServerUser();
    const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-pgbouncer-'));
    if (user !== null) chownSync(folder, user.uid, user.gid);
    const port = await freePort();
    const settings = {
      listen_addr: '127.0.0.1',
      listen_port: port,
      unix_socket_dir: '',
      auth_type: 'any',
      pool_mode: mode,
      default_pool_size: 20,
      ignore_startup_parameters: 'extra_float_digits',
      logfile: path.join(folder, 'log'),
      pidfile: path.join(folder, 'pid'),
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
    // With auth_type "any" everybody goes on under one name, so the migrator has to be that name.
    const target = `* = host=127.0.0.1 port=${serverPort} user=migrator`;
    writeFileSync(path.join(folder, 'ini'), `[databases]\n${target}\n[pgbouncer]\n${lines.join('\n')}\n`);
    return new PgBouncer(port, folder, await launch(folder, port));
  }

  /** Everybody who is connected through it is cut off. */
  async restart(): Promise<void> {
    await this.#end();
    this.#child = await launch(this.#folder, this.port);
  }

  async stop(): Promise<void> {
    await this.#end();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill('SIGKILL');
    await gone;
  }
}

async function launch(folder: string, port: number): Promise<ChildProcess> {
  const binary = findPgBouncer() ?? '';
  const child = spawn(binary, [path.join(folder, 'ini')], {
    ...(chooseServerUser() ?? {}),
    stdio: 'ignore',
    // Its libraries lie beside it where our script fetched it.
    env: { ...process.env, LD_LIBRARY_PATH: path.join(path.dirname(binary), 'lib') },
  });
  const deadline = performance.now() + STARTS_WITHIN_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    if (await answers(port)) return child;
    await sleep(20);
  }
  child.kill('SIGKILL');
  throw new InvariantError('PgBouncer did not start.');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tcpConnect(port, '127.0.0.1');
    const tell = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });
}
