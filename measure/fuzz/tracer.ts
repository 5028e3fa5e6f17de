import pg from 'pg';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { type PostgresServer, startPostgresServer } from '../../src/server/postgres-server.ts';
import { effectsOf, NO_EFFECTS, type ReadCounters } from '../effects.ts';
import type { MeasuredOutcome } from '../judge-facts.ts';
import { MEASURING_SETTINGS } from '../measure-major.ts';
import { backendPid, errorOf, readBytes } from '../observe-inside.ts';
import { countRows, namedLocks, type RelationStates, readLocks, readRelationStates } from '../relation-state.ts';

const TEMPLATE = 'fuzz';

/** Refused in a transaction; what it would do outside is not looked at. */
const NEEDS_NO_TRANSACTION = '25001';

/** What is rolled back leaves dead rows and counts behind, from which the server makes other plans in time. */
const STATEMENTS_A_COPY = 200;

/**
 * A server with one schema, on which statement after statement runs in a transaction that is rolled back. What does not
 * change between them is read once, so that there are hundreds a second.
 */
export class Tracer {
  readonly #server: PostgresServer;
  readonly #admin: pg.Client;
  readonly #before: RelationStates;
  readonly #rowsBefore: ReadonlyMap<number, number>;
  #copy: { readonly client: pg.Client; readonly pid: number } | null = null;
  #copies = 0;
  #statements = 0;

  private constructor(
    server: PostgresServer,
    admin: pg.Client,
    before: RelationStates,
    rowsBefore: ReadonlyMap<number, number>,
  ) {
    this.#server = server;
    this.#admin = admin;
    this.#before = before;
    this.#rowsBefore = rowsBefore;
  }

  /** Starts a server of a major and loads a schema into it. */
  static async start(major: number, schema: string): Promise<Tracer> {
    const server = await startPostgresServer({ major, settings: MEASURING_SETTINGS });
    const admin = new pg.Client(server.url('postgres'));
    await admin.connect();
    await admin.query(`CREATE DATABASE ${TEMPLATE}`);
    const client = new pg.Client(server.url(TEMPLATE));
    await client.connect();
    await client.query(schema);
    await client.query('ANALYZE');
    const before = await readRelationStates(client);
    const rows = await countRows(client, before);
    await client.end();
    return new Tracer(server, admin, before, rows);
  }

  async stop(): Promise<void> {
    await this.#copy?.client.end();
    await this.#admin.end();
    await this.#server.stop();
  }

  /** A connection to a copy of the schema that not many statements ran on; its objects have the same numbers. */
  async #fresh(): Promise<{ readonly client: pg.Client; readonly pid: number }> {
    if (this.#copy !== null && this.#statements % STATEMENTS_A_COPY > 0) return this.#copy;
    await this.#copy?.client.end();
    await this.#admin.query(`DROP DATABASE IF EXISTS copy_${this.#copies} WITH (FORCE)`);
    this.#copies += 1;
    await this.#admin.query(`CREATE DATABASE copy_${this.#copies} TEMPLATE ${TEMPLATE}`);
    const client = new pg.Client(this.#server.url(`copy_${this.#copies}`));
    await client.connect();
    await client.query("SET TimeZone = 'UTC'; SET client_min_messages = error");
    this.#copy = { client, pid: await backendPid(client) };
    return this.#copy;
  }

  /** The schema as the server knows it. */
  async catalog(): Promise<Catalog> {
    const connection = await connectPostgres(this.#server.url(TEMPLATE), { applicationName: 'fuzz' });
    try {
      return await readCatalog(connection);
    } finally {
      await connection.close();
    }
  }

  /** Runs a statement, looks at what it took and did, and takes it back. */
  async trace(sql: string): Promise<MeasuredOutcome> {
    const { client, pid } = await this.#fresh();
    this.#statements += 1;
    await client.query('BEGIN');
    try {
      const readsBefore = await this.#reads(client);
      const error = await errorOf(client, sql);
      if (error !== null) {
        const transaction = error.sqlstate === NEEDS_NO_TRANSACTION ? 'outside-only' : 'any';
        return { transaction, error, locks: [], ...NO_EFFECTS };
      }
      const locks = await readLocks(client, pid);
      const reads = difference(readsBefore, await this.#reads(client));
      const after = await readRelationStates(client);
      const bytesAfter = await readBytes(client, this.#before, after);
      const seen = { before: this.#before, after, rowsBefore: this.#rowsBefore, bytesAfter, reads };
      return { transaction: 'any', error: null, locks: namedLocks(this.#before, locks), ...effectsOf(seen) };
    } finally {
      await client.query('ROLLBACK');
    }
  }

  async #reads(client: pg.Client): Promise<ReadonlyMap<number, ReadCounters>> {
    const { rows } = await client.query<{ oid: string; scans: number | null; rows: number | null }>({
      name: 'reads',
      text: `SELECT o::int8 AS oid, pg_stat_get_xact_numscans(o)::int AS scans,
        pg_stat_get_xact_tuples_returned(o)::int AS rows FROM unnest($1::oid[]) o`,
      values: [[...this.#before.keys()]],
    });
    return new Map(rows.map((row) => [Number(row.oid), { scans: row.scans ?? 0, rows: row.rows ?? 0 }]));
  }
}

/** What came to the counters between two looks at them. */
function difference(
  before: ReadonlyMap<number, ReadCounters>,
  after: ReadonlyMap<number, ReadCounters>,
): ReadonlyMap<number, ReadCounters> {
  const grown = new Map<number, ReadCounters>();
  for (const [oid, now] of after) {
    const then = before.get(oid) ?? { scans: 0, rows: 0 };
    grown.set(oid, { scans: now.scans - then.scans, rows: now.rows - then.rows });
  }
  return grown;
}
