import fc from 'fast-check';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { catalogFingerprint } from '../../src/catalog/catalog-fingerprint.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import type { Connection } from '../../src/db/connection.ts';
import { connectPostgres } from '../../src/db/postgres.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { EvenkeelError, UnplannableError } from '../../src/model/error.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Statement } from '../../src/model/statement.ts';
import { plan } from '../../src/pipeline/plan.ts';
import { type CatalogLines, lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { readRowDigests } from '../../src/prove/row-digests.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { errorOf } from '../../src/trace/error-of.ts';
import { NEEDS_NO_TRANSACTION } from '../../src/trace/statement-outcome.ts';
import { HIGHEST_CHOICE } from './fuzz-run.ts';
import { relativesOf } from './relatives.ts';
import { CHOICES_OF_A_STATEMENT, statementOf } from './statement.ts';
import type { TracedServer } from './tracer.ts';

/** What is rolled back leaves dead rows behind. */
const TRIALS_A_COPY = 500;

/** Values that are others each time. */
const CHANGES_BY_ITSELF = /random|uuid|now\(|timestamp\(|CURRENT_(TIME|DATE)|LOCALTIME|steady|inlined|timeofday/i;

export interface PlanRunOptions {
  /** Naive migrations that go through, before it is enough. */
  readonly count: number;
  readonly seed: number;
  /** Stop looking for more after so many different failures. */
  readonly most: number;
  /** Statements of a migration, at most; near each other where there are several. */
  readonly length: number;
}

/** Where in the schema a migration is at work, and the decisions for each of its statements. */
type Choice = readonly [number, readonly (readonly number[])[]];

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
  #trialConnection: Connection | null = null;
  #tried = 0;
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
    await this.#endTrial();
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
    const migration = fc.tuple(
      fc.nat({ max: HIGHEST_CHOICE }),
      fc.noBias(fc.array(numbers, { minLength: 1, maxLength: this.#options.length, size: 'max' })),
    );
    const property = fc.asyncProperty(
      migration,
      async (choice) => this.done >= this.#options.count || this.#holds(choice),
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
      const statements = await this.#statementsOf(result.counterexample[0]);
      const sql = statements.join(';\n');
      const verdict = await this.#verdict(statements);
      if (verdict.kind !== 'failed') continue;
      for (const failure of verdict.failures) this.#shown.add(alike(sql, failure));
      show({ sql, steps: verdict.steps, failures: verdict.failures });
      found += 1;
    }
    return found;
  }

  /** Those of the generated statements that the server takes one after the other; nothing of them stays. */
  async #statementsOf([place, chain]: Choice): Promise<readonly string[]> {
    const [only] = chain;
    if (chain.length === 1 && only !== undefined) {
      const sql = statementOf(this.#catalog, this.#major, only);
      return (await this.#goesThrough(sql)) ? [sql] : [];
    }
    const trial = await this.#trial();
    const near = relativesOf(this.#catalog, place);
    const kept: string[] = [];
    let catalog = this.#catalog;
    await trial.execute('BEGIN');
    for (const choices of chain) {
      const sql = statementOf(catalog, this.#major, choices, near);
      const parsed = statementsOf(sql);
      if (parsed === null) continue;
      await trial.execute('SAVEPOINT before');
      const error = await errorOf(trial, sql);
      if (error !== null) {
        await trial.execute('ROLLBACK TO before');
        continue;
      }
      kept.push(sql);
      catalog = parsed.reduce(applyStatement, catalog);
    }
    await trial.execute('ROLLBACK');
    return kept;
  }

  async #holds(choice: Choice): Promise<boolean> {
    const statements = await this.#statementsOf(choice);
    const sql = statements.join(';\n');
    const verdict = await this.#verdict(statements);
    if (!this.#isShrinking) this.counts[verdict.kind] += 1;
    if (verdict.kind === 'refused') this.refusals.set(verdict.reason, sql);
    const holds = verdict.kind !== 'failed' || verdict.failures.every((one) => this.#shown.has(alike(sql, one)));
    this.#isShrinking ||= !holds;
    return holds;
  }

  async #verdict(statements: readonly string[]): Promise<Verdict> {
    if (statements.length === 0) return { kind: 'invalid' };
    const sql = statements.join(';\n');
    let planned: Plan;
    try {
      planned = this.#planOf(sql);
    } catch (error) {
      if (error instanceof UnplannableError) return { kind: 'refused', reason: error.message };
      throw error;
    }
    if (isAsItIs(planned, sql)) return { kind: 'as-it-is' };
    const [naive, safe] = await Promise.all([
      this.#onCopy((database) => this.#naiveEnd(database, statements)),
      this.#onCopy((database) => this.#safeEnd(database, planned)),
    ]);
    if (naive === null) return { kind: 'invalid' };
    const rows = typeof safe === 'string' || CHANGES_BY_ITSELF.test(sql) ? [] : lineDifferences(naive.rows, safe.rows);
    const failures = typeof safe === 'string' ? [safe] : [...lineDifferences(naive.lines, safe.lines), ...rows];
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

  /** Whether the server takes the naive migration at all; nothing of it stays where it can be taken back. */
  async #goesThrough(sql: string): Promise<boolean> {
    const trial = await this.#trial();
    await trial.execute('BEGIN');
    const error = await errorOf(trial, sql);
    await trial.execute('ROLLBACK');
    if (error === null) return true;
    if (error.sqlstate !== NEEDS_NO_TRANSACTION) return false;
    return this.#onCopy(async (database) => {
      const connection = await connect(this.#server, database);
      try {
        return (await errorOf(connection, sql)) === null;
      } finally {
        await connection.close();
      }
    });
  }

  /** A copy to try statements on, in transactions that are taken back. */
  async #trial(): Promise<Connection> {
    if (this.#trialConnection !== null && this.#tried < TRIALS_A_COPY) {
      this.#tried += 1;
      return this.#trialConnection;
    }
    await this.#endTrial();
    const database = `${this.#template}_trial`;
    await this.#admin.execute(`CREATE DATABASE ${database} TEMPLATE ${this.#template}`);
    this.#trialConnection = await connect(this.#server, database);
    this.#tried = 0;
    return this.#trialConnection;
  }

  async #endTrial(): Promise<void> {
    await this.#trialConnection?.close();
    await this.#admin.execute(`DROP DATABASE IF EXISTS ${this.#template}_trial WITH (FORCE)`);
  }

  /** Where the migration as it stands ends, each statement a transaction; null when the server refuses one of them. */
  async #naiveEnd(database: string, statements: readonly string[]): Promise<End | null> {
    const connection = await connect(this.#server, database);
    try {
      for (const sql of statements) {
        if ((await errorOf(connection, sql)) !== null) return null;
      }
      return await endOf(connection);
    } finally {
      await connection.close();
    }
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

/** null for what our parser does not read. */
function statementsOf(sql: string): readonly Statement[] | null {
  try {
    return parseStatements(sql, 'case.sql');
  } catch (error) {
    if (error instanceof EvenkeelError) return null;
    throw error;
  }
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
