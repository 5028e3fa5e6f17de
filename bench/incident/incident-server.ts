import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';

/** How many rows `examples/incident/fill.sql` puts into `orders`, with the ids 1 to this. */
export const ORDERS = 500_000;

/** Where the example lies, as a user of the repository types it. */
export const EXAMPLE = 'examples/incident';

const SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: '256MB',
  synchronous_commit: 'off',
  max_connections: '200',
  // The disk's rhythm is not what is measured here.
  max_wal_size: '4GB',
};

const PREWARM = `
  CREATE EXTENSION pg_prewarm;
  SELECT pg_prewarm('orders'), pg_prewarm('orders_pkey'), pg_prewarm('customers'), pg_prewarm('customers_pkey');
  DROP EXTENSION pg_prewarm`;

const TEMPLATE = 'incident_template';

/** A PostgreSQL 18 of our own with the shop filled in once; every run gets a fresh copy. */
export class IncidentServer {
  readonly #server: PostgresServer;
  #copies = 0;

  private constructor(server: PostgresServer) {
    this.#server = server;
  }

  /** @param settings beside the usual ones */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<IncidentServer> {
    return new IncidentServer(await startPostgresServer({ major: 18, settings: { ...SETTINGS, ...settings } }));
  }

  get version(): string {
    return this.#server.version;
  }

  get port(): number {
    return this.#server.port;
  }

  /**
   * Fills the database that the runs are copied from; a second or three.
   *
   * @param prepareSql what is done with it at last
   */
  async fill(prepareSql: string | null = null): Promise<void> {
    await this.#execute('postgres', `CREATE DATABASE ${TEMPLATE}`);
    await this.#execute(TEMPLATE, await readFile(`${EXAMPLE}/schema.sql`, 'utf8'));
    await this.#execute(TEMPLATE, await readFile(`${EXAMPLE}/fill.sql`, 'utf8'));
    // What autovacuum would do sooner or later, done now so that no run meets it by chance.
    await this.#execute(TEMPLATE, 'VACUUM (ANALYZE)');
    if (prepareSql !== null) await this.#execute(TEMPLATE, prepareSql);
  }

  /** A fresh copy of the filled database, read into memory; answers its connection string. */
  async copy(): Promise<string> {
    this.#copies += 1;
    const name = `incident_${this.#copies}`;
    await this.#execute('postgres', `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
    await this.#execute(name, PREWARM);
    await this.#execute(name, 'CHECKPOINT');
    return this.#server.url(name);
  }

  /** Throws a copy away together with whoever is still connected to it. */
  async drop(url: string): Promise<void> {
    const name = new URL(url).pathname.slice(1);
    await this.#execute('postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async #execute(database: string, sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#server.url(database), application_name: 'bench' });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }
}
