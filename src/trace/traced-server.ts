import type { Connection } from '../db/connection.ts';
import { connectPostgres } from '../db/postgres.ts';
import { type PostgresServer, startPostgresServer } from '../server/postgres-server.ts';
import { errorOf } from './error-of.ts';
import { OBSERVED_SERVER_SETTINGS } from './server-settings.ts';
import type { StatementError } from './statement-outcome.ts';

/**
 * Statements run as this role, never as a superuser: whoever writes a migration must not be able to start programs or
 * read files (COPY ... PROGRAM) where the trace runs, in a build of a pull request for example.
 */
const ROLE = 'evenkeel_trace';

/**
 * An administrator makes these beforehand in production, and here: whoever made an extension may call all of its
 * functions, and so leave the server; whoever may make any role may take all rights before 16; a publication of
 * everything wants a superuser. None of them runs code of the migration's.
 */
const MADE_BY_ADMIN =
  /^(CREATE\s+EXTENSION\b.*|(CREATE|ALTER|DROP)\s+PUBLICATION\b.*|CREATE\s+(ROLE|USER)\s+("[^"]+"|\w+)(\s+WITH)?(\s+(NO)?(LOGIN|INHERIT))*(\s+PASSWORD\s+'[^'\\]*')?)$/is;

/**
 * For a superuser's sessions: the owner of a database may set what its sessions start with, so that names would mean
 * functions of the migration's, or a backslash would end a string.
 */
const ADMIN_SESSION: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog',
  standard_conforming_strings: 'on',
  lock_timeout: '5s',
};

const NO_RIGHT = '42501';
const UNKNOWN_OBJECT = '42704';

/** Settings of a session of the role. */
const SESSION: Readonly<Record<string, string>> = {
  // A statement that waits or works for ever must not hang the trace.
  statement_timeout: '60s',
  client_min_messages: 'error',
};

/** A server of our own for one trace, with the databases on it. Nothing of it is left after `stop`. */
export class TracedServer {
  readonly version: string;
  readonly #server: PostgresServer;
  readonly #admin: Connection;
  #databases = 0;
  /** Roles that are there before a file runs. */
  #kept: readonly string[] = [ROLE];

  private constructor(server: PostgresServer, admin: Connection) {
    this.#server = server;
    this.#admin = admin;
    this.version = server.version;
  }

  /** @throws UsageError when there are no binaries of that major for this platform. */
  static async start(major: number): Promise<TracedServer> {
    const server = await startPostgresServer({
      major,
      settings: {
        ...OBSERVED_SERVER_SETTINGS,
        synchronous_commit: 'off',
        max_locks_per_transaction: '512',
        max_prepared_transactions: '10',
      },
    });
    try {
      const admin = await connectPostgres(server.url(), { applicationName: 'evenkeel:trace' });
      await admin.execute(`CREATE ROLE ${ROLE} LOGIN CREATEDB BYPASSRLS; GRANT pg_monitor TO ${ROLE}`);
      return new TracedServer(server, admin);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#admin.close();
    await this.#server.stop();
  }

  /** An empty database, or a copy of one that nobody is connected to. */
  async createDatabase(template: string | null = null): Promise<string> {
    this.#databases += 1;
    const name = `trace_${this.#databases}`;
    await this.#admin.execute(`CREATE DATABASE ${name} OWNER ${ROLE} TEMPLATE ${template ?? 'template1'}`);
    if (template !== null) return name;
    const connection = await this.connectAdmin(name);
    try {
      await connection.execute(`ALTER SCHEMA public OWNER TO ${ROLE}`);
    } finally {
      await connection.close();
    }
    return name;
  }

  /** Removes a database and the roles that came with what ran in it. */
  async dropDatabase(name: string): Promise<void> {
    await this.#admin.execute(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    for (const role of await this.#roles()) {
      if (!this.#kept.includes(role)) await errorOf(this.#admin, `DROP ROLE IF EXISTS ${quoted(role)}`);
    }
  }

  /** What has been made so far belongs to the schema, and stays when databases go. */
  async keepRoles(): Promise<void> {
    this.#kept = await this.#roles();
  }

  async #roles(): Promise<readonly string[]> {
    const rows = await this.#admin.query<{ name: string }>(
      "SELECT rolname AS name FROM pg_roles WHERE oid >= 16384 AND rolname !~ '^pg_'",
    );
    return rows.map(({ name }) => name);
  }

  /** Where the role of the statements reaches a database. */
  url(database: string): string {
    const url = new URL(this.#server.url(database));
    url.username = ROLE;
    return url.href;
  }

  /** A session that statements run in. */
  connect(database: string, settings: Readonly<Record<string, string>> = {}): Promise<Connection> {
    return connectPostgres(this.url(database), {
      applicationName: 'evenkeel:trace',
      settings: { ...SESSION, ...settings },
    });
  }

  /** A superuser's session, to look on. */
  connectAdmin(database: string, settings: Readonly<Record<string, string>> = {}): Promise<Connection> {
    return connectPostgres(this.#server.url(database), {
      applicationName: 'evenkeel:trace-observer',
      settings: { ...ADMIN_SESSION, ...settings },
    });
  }

  /**
   * Lends what a server of our own lacks, when that is what a statement was refused for: a role, a tablespace.
   *
   * @returns a sentence about it; null when there is nothing to lend.
   */
  async lend(error: StatementError): Promise<string | null> {
    const [, kind, name = ''] = /^(role|tablespace) "(.*)" does not exist$/.exec(error.message) ?? [];
    if (error.sqlstate !== UNKNOWN_OBJECT || kind === undefined) return null;
    const id = quoted(name);
    const sql =
      kind === 'role'
        ? [`CREATE ROLE ${id}`, `GRANT ${id} TO ${ROLE}`]
        : [
            'SET allow_in_place_tablespaces = on',
            `CREATE TABLESPACE ${id} LOCATION ''`,
            `GRANT CREATE ON TABLESPACE ${id} TO ${ROLE}`,
          ];
    for (const one of sql) if ((await errorOf(this.#admin, one)) !== null) return null;
    return `The ${kind} ${name} was made for the trace.`;
  }

  /**
   * Has an administrator make what a session was refused: an extension, a role, a publication.
   *
   * @returns whether it is there now.
   */
  async makeByAdmin(connection: Connection, database: string, sql: string, error: StatementError): Promise<boolean> {
    if (error.sqlstate !== NO_RIGHT || !MADE_BY_ADMIN.test(sql)) return false;
    return (await this.runAsAdmin(connection, database, sql)) === null;
  }

  /** Runs a statement of a superuser's where unqualified names mean what they mean in the session. */
  async runAsAdmin(connection: Connection, database: string, sql: string): Promise<StatementError | null> {
    const [row] = await connection.query<{ path: string }>("SELECT pg_catalog.current_setting('search_path') AS path");
    const admin = await this.connectAdmin(database, { search_path: row?.path ?? 'public' });
    try {
      return await errorOf(admin, sql);
    } finally {
      await admin.close();
    }
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
