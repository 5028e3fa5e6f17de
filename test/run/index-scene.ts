import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect } from 'vitest';
import { migrationStatus } from '../../src/api/migration-status.ts';
import type { Plan } from '../../src/model/plan.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import { indexStep, migration, plan } from './plan-fixture.ts';
import { value } from './run-support.ts';

const CHILD = fileURLToPath(new URL('kill-child.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** What pg_stat_progress_create_index calls the phases of a concurrent build of a btree, in their order. */
export const BUILD_PHASES = [
  'waiting for writers before build',
  'building index: scanning table',
  'building index: sorting live tuples',
  'building index: loading tuples in tree',
  'waiting for writers before validation',
  'index validation: scanning index',
  'index validation: sorting tuples',
  'index validation: scanning table',
  'waiting for old snapshots',
] as const;
export type BuildPhase = (typeof BUILD_PHASES)[number];

export const PLAIN = plan(
  migration('0001_index', [indexStep('01-index', 'CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)')]),
);
export const UNIQUE = plan(
  migration('0001_index', [indexStep('01-index', 'CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON orders (note)')]),
);

interface Look {
  readonly phase: string | null;
  readonly pid: number | null;
}

/** One snapshot for ledger and catalog, so that a lie of a moment shows too. */
const TRUTH_SQL = `
SELECT (SELECT state FROM evenkeel.migration WHERE id = '0001_index') AS migration,
  (SELECT state FROM evenkeel.step WHERE migration = '0001_index' AND id = '01-index') AS step,
  coalesce((SELECT indisvalid AND indisready AND indislive FROM pg_index
    WHERE indexrelid = to_regclass('public.orders_note_idx')), false) AS valid`;
const PROGRESS_SQL = `SELECT p.phase, p.pid FROM pg_stat_progress_create_index p
  WHERE p.datname = current_database() AND p.relid = to_regclass('public.orders')`;

/** A table, a run of its own process that indexes it, an old snapshot, a writer, and somebody who watches them all. */
export class IndexScene {
  readonly #url: string;
  readonly #folder: string;
  readonly #plan: Plan;
  #watcher: pg.Client | null = null;
  #snapshot: pg.Client | null = null;
  #holdingWriter: pg.Client | null = null;
  readonly #stopWriting = new AbortController();
  #writing: Promise<void> = Promise.resolve();
  /** Rows that the server said it has, and those that it may have. */
  #inserted = 0;
  #maybeInserted = 0;
  readonly #rowsBefore: number;

  private constructor(url: string, folder: string, given: Plan, rowsBefore: number) {
    this.#url = url;
    this.#folder = folder;
    this.#plan = given;
    this.#rowsBefore = rowsBefore;
  }

  static async open(url: string, folder: string, given: Plan): Promise<IndexScene> {
    const client = await connect(url);
    await client.query('DROP INDEX IF EXISTS orders_note_idx; DROP SCHEMA IF EXISTS evenkeel CASCADE');
    const rows = await value<number>(client, 'SELECT count(*)::int FROM orders');
    await client.end();
    return new IndexScene(url, folder, given, rows);
  }

  /** A session that sees the database as it is now, until `releaseSnapshot`. It has not touched the table. */
  async holdSnapshot(): Promise<void> {
    this.#snapshot = await connect(this.#url);
    await this.#snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
  }

  async releaseSnapshot(): Promise<void> {
    await this.#snapshot?.end().catch(() => undefined);
    this.#snapshot = null;
  }

  /** A transaction that has written to the table and does not end until `releaseWriter`. */
  async holdWriter(): Promise<void> {
    this.#holdingWriter = await connect(this.#url);
    await this.#holdingWriter.query('BEGIN; UPDATE orders SET changed = 0 WHERE id = 1');
  }

  async releaseWriter(): Promise<void> {
    await this.#holdingWriter?.end().catch(() => undefined);
    this.#holdingWriter = null;
  }

  /** Short transactions, one after another, through restarts of the server. */
  startWriting(): void {
    this.#writing = this.#write(this.#stopWriting.signal);
  }

  async #write(over: AbortSignal): Promise<void> {
    let client: pg.Client | null = null;
    while (!over.aborted) {
      try {
        client ??= await connect(this.#url);
        this.#maybeInserted += 1;
        await client.query(
          `INSERT INTO orders (id, note) SELECT n, 'written ' || n FROM (SELECT max(id) + 1 AS n FROM orders) m;
           UPDATE orders SET changed = changed + 1 WHERE id = 2`,
        );
        this.#inserted += 1;
      } catch {
        await client?.end().catch(() => undefined);
        client = null;
      }
      await sleep(5);
    }
    await client?.end().catch(() => undefined);
  }

  /** The run, as a process of its own. */
  startRunner(): { readonly process: ChildProcess; readonly ended: Promise<void> } {
    const planFile = path.join(this.#folder, 'plan.json');
    writeFileSync(planFile, JSON.stringify(this.#plan));
    const child = spawn(process.execPath, ['--import', TSX, CHILD, this.#url, planFile], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return { process: child, ended: new Promise((resolve) => child.once('close', () => resolve())) };
  }

  /** Looks once, and fails when ledger or status call the index done while no valid one is there. */
  async look(): Promise<Look> {
    this.#watcher ??= await connect(this.#url);
    const ledger = await value<boolean>(this.#watcher, "SELECT to_regclass('evenkeel.step') IS NOT NULL");
    if (ledger) {
      const { rows } = await this.#watcher.query<{ migration: string | null; step: string | null; valid: boolean }>(
        TRUTH_SQL,
      );
      const [truth] = rows;
      const claimsDone = truth?.migration === 'applied' || truth?.step === 'done';
      expect(claimsDone && truth?.valid === false, JSON.stringify(truth)).toBe(false);
    }
    const { rows } = await this.#watcher.query<Look>(PROGRESS_SQL);
    return rows[0] ?? { phase: null, pid: null };
  }

  /** What `evenkeel status` says, against the catalog. It is asked first: an index that is not valid later was not then. */
  async lookAtStatus(): Promise<void> {
    this.#watcher ??= await connect(this.#url);
    const { migrations } = await migrationStatus({ paths: [], databaseUrl: this.#url });
    const valid = `SELECT coalesce((SELECT indisvalid FROM pg_index
      WHERE indexrelid = to_regclass('public.orders_note_idx')), false)`;
    if (await value<boolean>(this.#watcher, valid)) return;
    for (const { state, record } of migrations) {
      expect(state).not.toBe('applied');
      expect(record?.steps.map((step) => step.state)).not.toContain('done');
    }
  }

  /** Looks as fast as it can until that phase is there; answers the pid that builds, or null when it was missed. */
  async reach(phase: BuildPhase): Promise<number | null> {
    const place = BUILD_PHASES.indexOf(phase);
    for (;;) {
      const seen = await this.look();
      if (seen.phase === phase) return seen.pid;
      const at = (BUILD_PHASES as readonly (string | null)[]).indexOf(seen.phase);
      if (at > place) return null;
      if (phase === 'waiting for writers before validation' && this.#holdingWriter === null && at > 0) {
        await this.holdWriter();
      }
      await sleep(1);
    }
  }

  /** The last run, with everybody out of the way, watched to its end; then what must hold whatever happened. */
  async finish(): Promise<void> {
    await this.releaseWriter();
    await this.releaseSnapshot();
    const over = new AbortController();
    const running = runPlan({
      url: this.#url,
      plan: this.#plan,
      through: 'contract',
      passGate: null,
      commandLine: 'evenkeel apply migrations',
      onEvent: () => undefined,
    }).finally(() => over.abort());
    while (!over.signal.aborted) {
      await this.look();
      await this.lookAtStatus();
    }
    expect(await running).toMatchObject({ outcome: 'completed' });
    this.#stopWriting.abort();
    await this.#writing;
    const client = this.#watcher!;
    expect(
      await value(
        client,
        `SELECT string_agg(c.relname || ' ' || (i.indisvalid AND i.indisready AND i.indislive), ', ' ORDER BY c.relname)
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'orders'::regclass`,
      ),
    ).toBe('orders_note_idx true, orders_pkey true');
    expect(await value(client, "SELECT string_agg(state, ' ') FROM evenkeel.step")).toBe('done');
    expect(await value(client, "SELECT string_agg(state, ' ') FROM evenkeel.migration")).toBe('applied');
    const rowsSeen = await value<number>(client, 'SELECT count(*)::int FROM orders');
    expect(rowsSeen).toBeGreaterThanOrEqual(this.#rowsBefore + this.#inserted);
    expect(rowsSeen).toBeLessThanOrEqual(this.#rowsBefore + this.#maybeInserted);
    // Through the index: what the writer wrote meanwhile must be found there as in the table.
    await client.query('SET enable_seqscan = off; SET enable_bitmapscan = off');
    expect(await value(client, "SELECT count(*)::int FROM orders WHERE note > ''")).toBe(rowsSeen);
  }

  async close(): Promise<void> {
    this.#stopWriting.abort();
    await this.#writing;
    await this.releaseWriter();
    await this.releaseSnapshot();
    await this.forget();
  }

  /** After the server was away. */
  async forget(): Promise<void> {
    await this.#watcher?.end().catch(() => undefined);
    this.#watcher = null;
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'the application' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
