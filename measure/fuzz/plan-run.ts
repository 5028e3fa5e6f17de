import fc from 'fast-check';
import { catalogFingerprint } from '../../src/catalog/catalog-fingerprint.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { UnplannableError } from '../../src/model/error.ts';
import type { Plan } from '../../src/model/plan.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { type CatalogLines, lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { readRowDigests } from '../../src/prove/row-digests.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { errorOf } from '../../src/trace/error-of.ts';
import { HIGHEST_CHOICE } from './fuzz-run.ts';
import { CHOICES_OF_A_STATEMENT, statementOf } from './statement.ts';
import type { TracedServer } from './tracer.ts';

export interface PlanRunOptions {
  /** Naive migrations that go through, before it is enough. */
  readonly count: number;
  readonly seed: number;
  /** Stop looking for more after so many different failures. */
  readonly most: number;
}

/** A naive migration whose plan does not end where it ends, shrunk. */
export interface Unproved {
  readonly sql: string;
  readonly steps: readonly string[];
  readonly failures: readonly string[];
}

/** Where a database is after a migration. */
interface End {
  readonly lines: CatalogLines;
  readonly rows: CatalogLines;
}

/** What becomes of a generated migration. */
type Verdict =
  | { readonly kind: 'invalid' }
  | { readonly kind: 'as-it-is' }
  | { readonly kind: 'proved' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly steps: readonly string[]; readonly failures: readonly string[] };

/** Naive migrations out of a seed: each planned, run guarded on one database and as it stands on another. */
export class PlanRun {
  readonly #server: TracedServer;
  readonly #major: number;
  readonly #options: PlanRunOptions;
  readonly #template: string;
  readonly #catalog: Catalog;
  readonly #admin: Connection;
  readonly #shown = new Set<string>();
  /** Smaller forms of a failure are looked for, and not counted. */
  #isShrinking = false;
  #copies = 0;
  readonly counts = { invalid: 0, 'as-it-is': 0, proved: 0, refused: 0, failed: 0 };
  readonly refusals = new Map<string, string>();

  private constructor(
    server: TracedServer,
    major: number,
    options: PlanRunOptions,
    begun: { readonly template: string; readonly catalog: Catalog; readonly admin: Connection },
  ) {
    this.#server = server;
    this.#major = major;
    this.#options = options;
    this.#template = begun.template;
    this.#catalog = begun.catalog;
    this.#admin = begun.admin;
  }

  static async on(
    server: TracedServer,
    schema: string,
    { major, ...options }: PlanRunOptions & { readonly major: number },
  ): Promise<PlanRun> {
    const template = `plans_${process.pid}`;
    const admin = await connect(server, 'postgres');
    await admin.execute(`CREATE DATABASE ${template}`);
    const connection = await connect(server, template);
    try {
      await connection.execute(schema);
      await connection.execute('ANALYZE');
      return new PlanRun(server, major, options, { template, catalog: await readCatalog(connection), admin });
    } finally {
      await connection.close();
    }
  }

  async stop(): Promise<void> {
    await this.#admin.execute(`DROP DATABASE IF EXISTS ${this.#template} WITH (FORCE)`);
    await this.#admin.close();
  }

  /** How many migrations have gone through naively so far. */
  get done(): number {
    return this.counts['as-it-is'] + this.counts.proved + this.counts.refused + this.counts.failed;
  }

  /** Hands each new failure to `show`, shrunk, and goes on; answers how many there were. */
  async find(show: (unproved: Unproved) => void): Promise<number> {
    const numbers = fc.noBias(
      fc.array(fc.nat({ max: HIGHEST_CHOICE }), {
        minLength: CHOICES_OF_A_STATEMENT,
        maxLength: CHOICES_OF_A_STATEMENT,
      }),
    );
    const property = fc.asyncProperty(
      numbers,
      async (choices) => this.done >= this.#options.count || this.#holds(choices),
    );
    let found = 0;
    for (let part = 0; this.done < this.#options.count && found < this.#options.most; part += 1) {
      this.#isShrinking = false;
      const result = await fc.check(property, {
        numRuns: 1_000,
        seed: this.#options.seed * 1_000 + part,
        endOnFailure: false,
      });
      if (!result.failed || result.counterexample === null) continue;
      const sql = this.#sqlOf(result.counterexample[0]);
      const verdict = await this.#verdict(sql);
      if (verdict.kind !== 'failed') continue;
      for (const failure of verdict.failures) this.#shown.add(alike(sql, failure));
      show({ sql, steps: verdict.steps, failures: verdict.failures });
      found += 1;
    }
    return found;
  }

  #sqlOf(choices: readonly number[]): string {
    return statementOf(this.#catalog, this.#major, choices);
  }

  async #holds(choices: readonly number[]): Promise<boolean> {
    const sql = this.#sqlOf(choices);
    const verdict = await this.#verdict(sql);
    if (!this.#isShrinking) this.counts[verdict.kind] += 1;
    if (verdict.kind === 'refused') this.refusals.set(verdict.reason, sql);
    const holds = verdict.kind !== 'failed' || verdict.failures.every((one) => this.#shown.has(alike(sql, one)));
    this.#isShrinking ||= !holds;
    return holds;
  }

  async #verdict(sql: string): Promise<Verdict> {
    const naive = await this.#naiveEnd(sql);
    if (naive === null) return { kind: 'invalid' };
    let planned: Plan;
    try {
      planned = this.#planOf(sql);
    } catch (error) {
      if (error instanceof UnplannableError) return { kind: 'refused', reason: error.message };
      throw error;
    }
    if (isAsItIs(planned, sql)) return { kind: 'as-it-is' };
    const safe = await this.#onCopy((database) => this.#safeEnd(database, planned));
    const failures =
      typeof safe === 'string'
        ? [safe]
        : [...lineDifferences(naive.lines, safe.lines), ...lineDifferences(naive.rows, safe.rows)];
    if (failures.length === 0) return { kind: 'proved' };
    const steps = planned.migrations.flatMap((one) => one.steps.map((step) => stepText(step)));
    return { kind: 'failed', steps, failures };
  }

  #planOf(sql: string): Plan {
    const version = { engine: 'postgresql', major: this.#major } as const;
    const migration = {
      id: 'case',
      path: 'case.sql',
      sql,
      checksum: 'x',
      format: 'sql',
      transaction: 'statement',
    } as const;
    const parsed = {
      migration: { ...migration, foreignLedgerRow: null },
      statements: parseStatements(sql, 'case.sql'),
    };
    return plan({ migrations: [parsed], catalog: this.#catalog, catalogIsComplete: true, version, timeZone: 'UTC' })
      .plan;
  }

  /** Where the naive migration ends; null when the server refuses it. */
  #naiveEnd(sql: string): Promise<End | null> {
    return this.#onCopy(async (database) => {
      const connection = await connect(this.#server, database);
      try {
        const error = await errorOf(connection, sql);
        return error === null ? await endOf(connection) : null;
      } finally {
        await connection.close();
      }
    });
  }

  /** Where the guarded run ends, past all gates; what stopped it when it did not get there. */
  async #safeEnd(database: string, planned: Plan): Promise<End | string> {
    const said: string[] = [];
    try {
      const { outcome, summary } = await runPlan({
        url: this.#server.url(database),
        plan: planned,
        through: 'contract',
        passGate: null,
        commandLine: 'evenkeel apply case.sql',
        onEvent: (event) => {
          if ('error' in event || event.type.includes('fail')) said.push(JSON.stringify(event));
        },
        limits: { maxLockWaitMs: 5_000 },
        fingerprintOf: async (connection) => catalogFingerprint(await readCatalog(connection)),
      });
      if (outcome !== 'completed') return `the run ended ${outcome}: ${summary} ${said.join(' ')}`;
    } catch (error) {
      return `the run did not begin: ${error instanceof Error ? error.message : String(error)}`;
    }
    const connection = await connect(this.#server, database);
    try {
      return await endOf(connection);
    } finally {
      await connection.close();
    }
  }

  async #onCopy<Seen>(use: (database: string) => Promise<Seen>): Promise<Seen> {
    this.#copies += 1;
    const database = `${this.#template}_${this.#copies}`;
    const strategy = this.#major >= 15 ? ' STRATEGY file_copy' : '';
    await this.#admin.execute(`CREATE DATABASE ${database} TEMPLATE ${this.#template}${strategy}`);
    try {
      return await use(database);
    } finally {
      await this.#admin.execute(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    }
  }
}

function connect(server: TracedServer, database: string): Promise<Connection> {
  return connectPostgres(server.url(database), { applicationName: 'fuzz', settings: { client_min_messages: 'error' } });
}

async function endOf(connection: Connection): Promise<End> {
  return { lines: await readCatalogLines(connection), rows: await readRowDigests(connection) };
}

function isAsItIs({ migrations }: Plan, sql: string): boolean {
  const [step, ...others] = migrations.flatMap((one) => one.steps);
  return others.length === 0 && step?.kind === 'transaction' && step.sql.length === 1 && step.sql[0] === sql;
}

function stepText(step: Plan['migrations'][number]['steps'][number]): string {
  switch (step.kind) {
    case 'transaction':
      return `${step.id}: ${step.sql.join('; ')}`;
    case 'concurrent-index':
      return `${step.id}: ${step.sql}`;
    case 'backfill':
      return `${step.id}: SET ${step.assignments} WHERE ${step.where}`;
    case 'gate':
      return `${step.id}: gate`;
  }
}

/** What failures of one cause have in common: the words of the statement, and the failure without its names. */
function alike(sql: string, failure: string): string {
  const words = sql.match(/\b[A-Z]{2,}\b/g) ?? [];
  return `${words.slice(0, 6).join(' ')} | ${failure.replace(/[({].*$/s, '').replaceAll(/[\w"ß.]+\.[\w"ß]+/g, '?')}`;
}
