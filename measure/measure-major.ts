import { readFileSync } from 'node:fs';
import pg from 'pg';
import { type PostgresServer, startPostgresServer } from '../src/server/postgres-server.ts';
import { type Form, hasForm, type SchemaName } from './form.ts';
import type { MeasuredFile, MeasuredForm } from './measured-form.ts';
import { type Outcome, observeInside } from './observe-inside.ts';
import { observeOutside } from './observe-outside.ts';
import { compareText, countRows, readRelationStates } from './relation-state.ts';
import { requestsInside, strongerLocks } from './stopped-locks.ts';

/** No work of the server's own may mix with what a statement does, and parallel workers' scans are not counted. */
export const MEASURING_SETTINGS: Readonly<Record<string, string>> = {
  autovacuum: 'off',
  max_parallel_maintenance_workers: '0',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
};

const NEEDS_NO_TRANSACTION = '25001';

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
  const server = await startPostgresServer({ major, settings: MEASURING_SETTINGS });
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

/** The SQL of a base schema. */
function readSchema(name: SchemaName): string {
  return readFileSync(new URL(`../measured/schemas/${name}.sql`, import.meta.url), 'utf8');
}

interface SharedDatabase {
  readonly name: string;
  readonly client: pg.Client;
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
    await client.query('SET allow_in_place_tablespaces = on');
    await client.query("CREATE TABLESPACE measured_space LOCATION ''");
    await client.end();
  }

  /** In a transaction; forms with a setup get a database of their own, for the setup's own locks must be gone. */
  async inside(form: Form): Promise<Outcome> {
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
      await client.end();
      await this.#drop(name);
    }
  }

  async outside(form: Form): Promise<Outcome> {
    const name = await this.#copy(form);
    try {
      return await observeOutside(() => this.#connect(name), form);
    } finally {
      await this.#drop(name);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#shared.values()].map(({ client }) => client.end()));
  }

  async #withRequests(database: string, form: Form, outcome: Outcome): Promise<Outcome> {
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
    await client.query(readSchema(schema));
    await client.query('ANALYZE');
    await client.end();
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
      await client.query(form.setup);
      await client.end();
    }
    return name;
  }

  async #drop(name: string): Promise<void> {
    await this.#admin(`DROP DATABASE ${name} WITH (FORCE)`);
  }

  async #admin(sql: string): Promise<void> {
    const client = await this.#connect('postgres');
    await client.query(sql);
    await client.end();
  }

  async #connect(database: string): Promise<pg.Client> {
    const client = new pg.Client(this.#server.url(database));
    await client.connect();
    return client;
  }
}
