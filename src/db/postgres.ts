import { ConnectionError, type EvenkeelError, UsageError } from '../model/error.ts';
import type { Connection } from './connection.ts';
import type { ClientSource, DatabaseTarget, PostgresClient } from './database-target.ts';
import { describeDatabase } from './describe-database.ts';
import { driverUrl } from './driver-url.ts';
import { translateConnectError, translateQueryError } from './translate-error.ts';

export interface ConnectOptions {
  /** Shown in pg_stat_activity; cut at 63 bytes by the server. */
  readonly applicationName: string;
  /** Session settings, set once after connecting: `{ lock_timeout: '5s' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What the server says beside its answers. */
  readonly onNotice?: (notice: ServerNotice) => void;
}

export interface ServerNotice {
  /** `NOTICE`, `WARNING`, ... in the language of the server. */
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
  readonly detail: string | null;
}

const CONNECT_TIMEOUT_MS = 10_000;
const END_WITHIN_MS = 2_000;

/**
 * Opens one session. Statements are sent unnamed, so nothing is left behind in the server's plan cache.
 *
 * @param target a connection string, or where clients are to be had from.
 * @throws UsageError for a URL of another kind; ConnectionError when the server cannot be reached or refuses us;
 * PrivilegeError when the role may not connect. No message ever holds the password.
 * @example
 * const connection = await connectPostgres(url, { applicationName: 'evenkeel:check' });
 * const rows = await connection.query<{ n: number }>('SELECT count(*)::int AS n FROM orders WHERE id > $1', [7]);
 */
export async function connectPostgres(target: DatabaseTarget, options: ConnectOptions): Promise<Connection> {
  const at = describeDatabase(target);
  const client = typeof target === 'string' ? await makeClient(target, options) : await handedClient(target, at);
  // Without a listener a connection lost between two statements would end the process.
  let lost: EvenkeelError | null = null;
  client.on('error', (error) => {
    lost ??= translateQueryError(error, at);
  });
  client.on('notice', ({ severity = '', code = '', message = '', detail }) =>
    options.onNotice?.({ severity, sqlstate: code, message, detail: detail ?? null }),
  );
  try {
    await client.connect();
    const text =
      "SELECT pg_catalog.pg_backend_pid() AS pid, pg_catalog.current_setting('server_version_num')::int AS version";
    const session = await client.query({ text, types: TYPES });
    const { pid, version } = (session.rows[0] ?? { pid: 0, version: 0 }) as {
      readonly pid: number;
      readonly version: number;
    };
    const connection = new PostgresConnection(client, at, pid, Math.floor(version / 10_000), () => lost);
    if (typeof target !== 'string') await nameSession(connection, options.applicationName);
    for (const [name, value] of Object.entries(options.settings ?? {})) {
      await connection.query('SELECT pg_catalog.set_config($1, $2, false)', [name, value]);
    }
    return connection;
  } catch (error) {
    // Not waited for: the end of a session that never began may never come.
    void client.end().catch(() => undefined);
    throw translateConnectError(error, at);
  }
}

/**
 * The driver reads the certificates that the URL names at once. It is loaded only where there is a database to talk to:
 * a check of files starts without it.
 */
async function makeClient(url: string, options: ConnectOptions): Promise<PostgresClient> {
  const connectionString = driverUrl(url);
  const { default: pg } = await import('pg');
  try {
    return new pg.Client({
      connectionString,
      application_name: options.applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
  } catch (cause) {
    const isFile = cause instanceof Error && 'path' in cause;
    const which = isFile ? ` the file ${String(cause.path)}, which it names, cannot be read` : ' the driver refuses it';
    throw new UsageError(`The database URL cannot be used:${which}.`, {
      cause,
      nextCommand: 'mend sslcert, sslkey and sslrootcert in the database URL, then run the same command again',
    });
  }
}

async function handedClient(source: ClientSource, at: string): Promise<PostgresClient> {
  try {
    return await source.makeClient();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConnectionError(`The client for ${at} could not be made: ${reason}`, { cause });
  }
}

/** A client that was made by others tells the server its own name, at which no runner finds its sessions again. */
async function nameSession(connection: Connection, applicationName: string): Promise<void> {
  await connection.query("SELECT pg_catalog.set_config('application_name', $1, false)", [applicationName]);
}

/** Numbers that JavaScript holds exactly and booleans are parsed; everything else stays the server's text. */
function getTypeParser(oid: number): (value: string) => unknown {
  if (oid === 16) return (value) => value === 't';
  if (oid === 21 || oid === 23 || oid === 26 || oid === 700 || oid === 701) return Number;
  return (value) => value;
}

/** Asked for with each query: a client that was handed in may read types in its own way. */
const TYPES = { getTypeParser } as const;

class PostgresConnection implements Connection {
  readonly pid: number;
  readonly announcedPid: number | null;
  readonly serverMajor: number;
  readonly #client: PostgresClient;
  readonly #at: string;
  readonly #lost: () => EvenkeelError | null;
  /** The end of the queue: a session runs one statement at a time, whoever asks. */
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(client: PostgresClient, at: string, pid: number, serverMajor: number, lost: () => EvenkeelError | null) {
    this.#client = client;
    // Sent with the key for cancelling; the driver's types leave it out.
    this.announcedPid = (client as { readonly processID?: number | null }).processID ?? null;
    this.#at = at;
    this.pid = pid;
    this.serverMajor = serverMajor;
    this.#lost = lost;
  }

  query<Row extends object>(sql: string, parameters: readonly unknown[] = []): Promise<readonly Row[]> {
    return this.#inTurn(
      async () => (await this.#client.query({ text: sql, values: [...parameters], types: TYPES })).rows as Row[],
    );
  }

  execute(sql: string): Promise<void> {
    return this.#inTurn(async () => void (await this.#client.query({ text: sql, types: TYPES })));
  }

  async close(): Promise<void> {
    this.#closed = true;
    // A connection on which no byte passes any more never says that it has ended.
    const late = setTimeout(() => this.#client.connection?.stream.destroy(), END_WITHIN_MS);
    await this.#client.end().catch(() => undefined);
    clearTimeout(late);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(async () => {
      const lost = this.#lost();
      if (lost !== null) throw lost;
      if (this.#closed) throw new ConnectionError(`The connection to ${this.#at} is closed.`);
      try {
        return await work();
      } catch (error) {
        throw this.#lost() ?? translateQueryError(error, this.#at);
      }
    });
    this.#tail = turn.catch(() => undefined);
    return turn;
  }
}
