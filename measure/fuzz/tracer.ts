import { readCatalogInTransaction } from '../../src/catalog/read/read-catalog-in-transaction.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import { effectsOf, NO_EFFECTS } from '../../src/trace/effects.ts';
import { errorOf } from '../../src/trace/error-of.ts';
import { observeStatement, readBytes } from '../../src/trace/observe-statement.ts';
import {
  countRows,
  namedLocks,
  type RelationStates,
  readLocks,
  readRelationStates,
  strongestModes,
} from '../../src/trace/relation-state.ts';
import { readScanCounters, readsBetween } from '../../src/trace/scan-counters.ts';
import { OBSERVED_SERVER_SETTINGS } from '../../src/trace/server-settings.ts';
import { NEEDS_NO_TRANSACTION, type StatementOutcome } from '../../src/trace/statement-outcome.ts';

/** What is rolled back leaves dead rows and counts behind, from which the server makes other plans in time. */
const STATEMENTS_A_COPY = 200;

const SESSION = `SET TimeZone = 'UTC'; SET client_min_messages = error; SET jit = off;
  SET max_parallel_maintenance_workers = 0; SET max_parallel_workers_per_gather = 0`;

/** Statements after which rows must be counted anew. */
const CHANGES_ROWS =
  /^(INSERT|UPDATE|DELETE|MERGE|WITH|COPY|TRUNCATE|REFRESH|DO|CALL|SELECT)\b|\bAS (SELECT|TABLE|WITH)\b/;

/** What one statement of a chain did, and what those before it held already. */
export interface ChainStep {
  readonly outcome: StatementOutcome;
  readonly held: StatementOutcome['locks'];
}

/** A running server; `stop` leaves it alone when it is not the tracer's own. */
export type TracedServer = Pick<PostgresServer, 'url' | 'stop'>;

let tracers = 0;

function connect(server: TracedServer, database: string): Promise<Connection> {
  return connectPostgres(server.url(database), { applicationName: 'fuzz' });
}

/**
 * A server with one schema, on which statement after statement runs in a transaction that is rolled back. What does not
 * change between them is read once, so that there are hundreds a second.
 */
export class Tracer {
  readonly #server: TracedServer;
  /** The database that all others are copied from. */
  readonly #template: string;
  readonly #admin: Connection;
  readonly #before: RelationStates;
  readonly #rowsBefore: ReadonlyMap<number, number>;
  /** What the chain has left behind so far. */
  #rows: ReadonlyMap<number, number> = new Map();
  #states: RelationStates = new Map();
  #locks: Awaited<ReturnType<typeof readLocks>> = new Map();
  #copy: Connection | null = null;
  #copies = 0;
  #statements = 0;

  private constructor(
    server: TracedServer,
    template: string,
    admin: Connection,
    before: RelationStates,
    rowsBefore: ReadonlyMap<number, number>,
  ) {
    this.#server = server;
    this.#template = template;
    this.#admin = admin;
    this.#before = before;
    this.#rowsBefore = rowsBefore;
  }

  /** Starts a server of a major and loads a schema into it. */
  static async start(major: number, schema: string): Promise<Tracer> {
    return Tracer.on(await startPostgresServer({ major, settings: OBSERVED_SERVER_SETTINGS }), schema);
  }

  /** Loads a schema into a database of its own of a server that is running. */
  static async on(server: TracedServer, schema: string): Promise<Tracer> {
    tracers += 1;
    const template = `fuzz_${process.pid}_${tracers}`;
    const admin = await connect(server, 'postgres');
    await admin.execute(`CREATE DATABASE ${template}`);
    const client = await connect(server, template);
    await client.execute(schema);
    await client.execute('ANALYZE');
    const before = await readRelationStates(client);
    const rows = await countRows(client, before);
    await client.close();
    return new Tracer(server, template, admin, before, rows);
  }

  async stop(): Promise<void> {
    await this.#copy?.close();
    await this.#admin.execute(`DROP DATABASE IF EXISTS ${this.#copyName()} WITH (FORCE)`);
    await this.#admin.execute(`DROP DATABASE ${this.#template} WITH (FORCE)`);
    await this.#admin.close();
    await this.#server.stop();
  }

  #copyName(): string {
    return `${this.#template}_copy_${this.#copies}`;
  }

  /** A connection to a copy of the schema that not many statements ran on; its objects have the same numbers. */
  async #fresh(): Promise<Connection> {
    if (this.#copy !== null && this.#statements < STATEMENTS_A_COPY) return this.#copy;
    this.#statements = 0;
    await this.#copy?.close();
    await this.#admin.execute(`DROP DATABASE IF EXISTS ${this.#copyName()} WITH (FORCE)`);
    this.#copies += 1;
    await this.#admin.execute(`CREATE DATABASE ${this.#copyName()} TEMPLATE ${this.#template}`);
    const client = await connect(this.#server, this.#copyName());
    await client.execute(SESSION);
    this.#copy = client;
    return this.#copy;
  }

  /** The schema as the server knows it. */
  async catalog(): Promise<Catalog> {
    const connection = await connect(this.#server, this.#template);
    try {
      return await readCatalog(connection);
    } finally {
      await connection.close();
    }
  }

  /** Runs a statement, looks at what it took and did, and takes it back. */
  async trace(sql: string): Promise<StatementOutcome> {
    const client = await this.#fresh();
    this.#statements += 1;
    await client.execute('BEGIN');
    try {
      const from = { before: this.#before, rowsBefore: this.#rowsBefore };
      const { error, held, effects } = await observeStatement(client, sql, from);
      const transaction = error?.sqlstate === NEEDS_NO_TRANSACTION ? 'outside-only' : 'any';
      return { transaction, error, locks: namedLocks(this.#before, strongestModes(held)), ...effects };
    } finally {
      await client.execute('ROLLBACK');
    }
  }

  /** Opens a transaction for statements that stay until `endChain`. */
  async beginChain(): Promise<void> {
    const client = await this.#fresh();
    await client.execute('BEGIN');
    this.#rows = this.#rowsBefore;
    this.#states = this.#before;
    this.#locks = new Map();
  }

  /** Takes back what the chain did. */
  async endChain(): Promise<void> {
    await this.#copy?.execute('ROLLBACK');
  }

  #current(): Connection {
    if (this.#copy === null) throw new RangeError('No chain was begun.');
    return this.#copy;
  }

  /** Runs the next statement of a chain; it stays when it goes through. */
  async step(sql: string): Promise<ChainStep> {
    const client = this.#current();
    this.#statements += 1;
    const before = this.#states;
    const held = namedLocks(before, this.#locks);
    const readsBefore = await readScanCounters(client, before);
    await client.execute('SAVEPOINT step');
    const error = await errorOf(client, sql);
    if (error !== null) {
      await client.execute('ROLLBACK TO SAVEPOINT step; RELEASE SAVEPOINT step');
      const transaction = error.sqlstate === NEEDS_NO_TRANSACTION ? 'outside-only' : 'any';
      return { held, outcome: { transaction, error, locks: [], ...NO_EFFECTS } };
    }
    await client.execute('RELEASE SAVEPOINT step');
    const locks = await readLocks(client, client.pid);
    const reads = readsBetween(readsBefore, await readScanCounters(client, before));
    const after = await readRelationStates(client);
    this.#states = after;
    this.#locks = locks;
    const effects = await this.#aside(client, async () => {
      const bytesAfter = await readBytes(client, before, after);
      const rowsBefore = this.#rows;
      if (CHANGES_ROWS.test(sql)) this.#rows = await countRows(client, after);
      return effectsOf({ before, after, rowsBefore, bytesAfter, reads });
    });
    return { held, outcome: { transaction: 'any', error: null, locks: namedLocks(before, locks), ...effects } };
  }

  /** The schema as the chain has left it. */
  async chainCatalog(): Promise<Catalog> {
    const client = this.#current();
    return this.#aside(client, () => readCatalogInTransaction(client));
  }

  /** Looks at things in a subtransaction that is taken back, and with it its locks and settings. */
  async #aside<Seen>(client: Connection, look: () => Promise<Seen>): Promise<Seen> {
    await client.execute('SAVEPOINT aside');
    try {
      return await look();
    } finally {
      await client.execute('ROLLBACK TO SAVEPOINT aside; RELEASE SAVEPOINT aside');
    }
  }
}
