import { readFileSync } from 'node:fs';
import type { Connection } from '../src/db/connection.ts';
import { connectPostgres } from '../src/db/postgres.ts';
import { type PostgresServer, startPostgresServer } from '../src/server/postgres-server.ts';
import { type OutsideObservation, observeOutside } from '../src/trace/observe-outside.ts';
import { observeStatement } from '../src/trace/observe-statement.ts';
import { compareText, countRows, namedLocks, readRelationStates, strongestModes } from '../src/trace/relation-state.ts';
import { OBSERVED_SERVER_SETTINGS } from '../src/trace/server-settings.ts';
import { NEEDS_NO_TRANSACTION } from '../src/trace/statement-outcome.ts';
import { requestsInside, strongerLocks } from '../src/trace/stopped-locks.ts';
import { type Form, hasForm, type SchemaName } from './form.ts';
import type { MeasuredFile, MeasuredForm } from './measured-form.ts';

export interface MeasureOptions {
  /** Look in every form for locks that are given back before it ends; several times as slow. */
  readonly everyRequest?: boolean;
}

/** Runs those of the forms that a major has on a server of its own. */
export async function measureMajor(
  major: number,
  forms: readonly Form[],
  options: MeasureOptions = {},
): Promise<MeasuredFile> {
  const server = await startPostgresServer({ major, settings: OBSERVED_SERVER_SETTINGS });
  const workshop = new Workshop(server, options.everyRequest === true);
  try {
    await workshop.open();
    const measured: MeasuredForm[] = [];
    for (const form of forms) if (hasForm(major, form)) measured.push(await measureForm(workshop, form));
    measured.sort((a, b) => compareText(a.id, b.id));
    return { server: 'postgresql', major, version: server.version, forms: measured };
  } finally {
    await workshop.close();
    await server.stop();
  }
}

async function measureForm(workshop: Workshop, form: Form): Promise<MeasuredForm> {
  const inside = await workshop.inside(form);
  const outsideOnly = inside.error?.sqlstate === NEEDS_NO_TRANSACTION;
  const { error, locks, effects } = outsideOnly ? await workshop.outside(form) : inside;
  return {
    id: form.id,
    schema: form.schema,
    setup: form.setup ?? null,
    timeZone: form.timeZone ?? 'UTC',
    sql: form.sql,
    transaction: outsideOnly ? 'outside-only' : 'any',
    error,
    locks,
    ...effects,
  };
}

/** Runs one form in a transaction that is rolled back, and looks at what it took and did before that. */
async function observeInside(
  connection: Connection,
  form: Form,
  rowsBefore: ReadonlyMap<number, number>,
): Promise<OutsideObservation> {
  await connection.execute(`SET TimeZone = '${form.timeZone ?? 'UTC'}'`);
  await connection.execute('BEGIN');
  try {
    const before = await readRelationStates(connection);
    const { error, held, effects } = await observeStatement(connection, form.sql, { before, rowsBefore });
    return { error, locks: namedLocks(before, strongestModes(held)), effects };
  } finally {
    await connection.execute('ROLLBACK');
  }
}

/** The SQL of a base schema. */
function readSchema(name: SchemaName): string {
  return readFileSync(new URL(`../measured/schemas/${name}.sql`, import.meta.url), 'utf8');
}

interface SharedDatabase {
  readonly name: string;
  readonly client: Connection;
  readonly rows: ReadonlyMap<number, number>;
}

/** The databases of one server: a template for each base schema, a shared copy for roll-backs, and throw-away copies. */
class Workshop {
  readonly #server: PostgresServer;
  readonly #everyRequest: boolean;
  readonly #templates = new Set<string>();
  readonly #shared = new Map<SchemaName, SharedDatabase>();
  #copies = 0;

  constructor(server: PostgresServer, everyRequest: boolean) {
    this.#server = server;
    this.#everyRequest = everyRequest;
  }

  /** A place for SET TABLESPACE to move things to. */
  async open(): Promise<void> {
    const client = await this.#connect('postgres');
    await client.execute('SET allow_in_place_tablespaces = on');
    await client.execute("CREATE TABLESPACE measured_space LOCATION ''");
    await client.close();
  }

  /** In a transaction; forms with a setup get a database of their own, for the setup's own locks must be gone. */
  async inside(form: Form): Promise<OutsideObservation> {
    if (form.setup === undefined) {
      const { name, client, rows } = await this.#sharedDatabase(form.schema);
      return await this.#withRequests(name, form, await observeInside(client, form, rows));
    }
    const name = await this.#copy(form);
    const client = await this.#connect(name);
    try {
      const rows = await countRows(client, await readRelationStates(client));
      return await this.#withRequests(name, form, await observeInside(client, form, rows));
    } finally {
      await client.close();
      await this.#drop(name);
    }
  }

  async outside(form: Form): Promise<OutsideObservation> {
    const name = await this.#copy(form);
    try {
      const connect = (): Promise<Connection> => this.#connect(name);
      const runner = await connect();
      await runner.execute(`SET TimeZone = '${form.timeZone ?? 'UTC'}'`);
      return await observeOutside({ sql: form.sql, runner, connect, connectObserver: connect });
    } finally {
      await this.#drop(name);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#shared.values()].map(({ client }) => client.close()));
  }

  async #withRequests(database: string, form: Form, outcome: OutsideObservation): Promise<OutsideObservation> {
    const wanted = form.givesLocksBack === true || this.#everyRequest;
    if (!wanted || outcome.error !== null) return outcome;
    const requests = await requestsInside(() => this.#connect(database), form);
    return { ...outcome, locks: strongerLocks(outcome.locks, requests) };
  }

  async #sharedDatabase(schema: SchemaName): Promise<SharedDatabase> {
    const known = this.#shared.get(schema);
    if (known !== undefined) return known;
    const template = await this.#template(schema);
    const name = `shared_${schema}`;
    await this.#admin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    const client = await this.#connect(name);
    const shared = { name, client, rows: await countRows(client, await readRelationStates(client)) };
    this.#shared.set(schema, shared);
    return shared;
  }

  /** ANALYZE makes the plans of foreign key checks and DML the same on every run. */
  async #template(schema: SchemaName): Promise<string> {
    const name = `template_${schema}`;
    if (this.#templates.has(name)) return name;
    await this.#admin(`CREATE DATABASE ${name}`);
    const client = await this.#connect(name);
    await client.execute(readSchema(schema));
    await client.execute('ANALYZE');
    await client.close();
    this.#templates.add(name);
    return name;
  }

  async #copy(form: Form): Promise<string> {
    const template = await this.#template(form.schema);
    this.#copies += 1;
    const name = `copy_${this.#copies}`;
    await this.#admin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    if (form.setup !== undefined) {
      const client = await this.#connect(name);
      await client.execute(form.setup);
      await client.close();
    }
    return name;
  }

  async #drop(name: string): Promise<void> {
    await this.#admin(`DROP DATABASE ${name} WITH (FORCE)`);
  }

  async #admin(sql: string): Promise<void> {
    const client = await this.#connect('postgres');
    await client.execute(sql);
    await client.close();
  }

  async #connect(database: string): Promise<Connection> {
    return connectPostgres(this.#server.url(database), { applicationName: 'measure' });
  }
}
