import path from 'node:path';
import { catalogFingerprint } from '../catalog/catalog-fingerprint.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Connection } from '../db/connection.ts';
import { openSession } from '../db/open-session.ts';
import { StalePlanError } from '../model/error.ts';
import type { Plan } from '../model/plan.ts';
import type { RunOutcome } from '../model/run-event.ts';
import { runPlan } from '../run/run-plan.ts';
import { type KnownMigrations, readKnownMigrations } from '../source/read-migrations.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';
import { nextWork, type Work } from './next-work.ts';
import { planCommand, readSavedPlan } from './read-saved-plan.ts';
import type { RunControls } from './run-controls.ts';
import { runOptions } from './run-options.ts';

export interface ApplyOptions extends RunControls {
  /** A folder or file of migrations, or a saved plan (`evenkeel plan --format json`). */
  readonly path: string;
}

/**
 * Plans what is pending and runs it guarded. What an earlier run has begun is finished first, with the plan that it
 * began with; everything after it is planned on the schema that is really there by then.
 *
 * @throws EvenkeelError when it cannot begin. Once it runs, whatever happens is an outcome.
 */
export async function applyMigrations(options: ApplyOptions): Promise<RunOutcome> {
  await loadParser();
  if (options.path.endsWith('.json')) return applySavedPlan(options);
  const known = await readKnownMigrations([options.path]);
  for (;;) {
    const work = await lookForWork(options, known);
    // Only the last of several runs has a time after it.
    const last = work.more ? { ...options, afterWatchMs: 0 } : options;
    const outcome = await run(last, work.plan, work.passGate);
    if (outcome !== 'completed' || !work.more) return outcome;
  }
}

/** A saved plan stays as it is: when it is stale, the way on is a new plan, not the same command again. */
async function applySavedPlan(options: ApplyOptions): Promise<RunOutcome> {
  const saved = await readSavedPlan(options.path);
  try {
    return await run(options, saved, options.pastGate ?? null);
  } catch (error) {
    if (!(error instanceof StalePlanError)) throw error;
    const folders = [...new Set(saved.migrations.map((migration) => path.dirname(migration.path)))];
    throw new StalePlanError(error.message, { cause: error, nextCommand: planCommand(folders, options.path) });
  }
}

async function lookForWork(options: ApplyOptions, known: KnownMigrations): Promise<Work> {
  const connection = await openSession(options.databaseUrl, {
    applicationName: 'evenkeel:plan',
    settings: { statement_timeout: '30s', lock_timeout: '2s', idle_in_transaction_session_timeout: '30s' },
  });
  try {
    return await nextWork(connection, { path: options.path, pastGate: options.pastGate ?? null, readCatalog }, known);
  } finally {
    await connection.close();
  }
}

async function run(options: ApplyOptions, work: Plan, passGate: string | null): Promise<RunOutcome> {
  const fingerprintOf = async (connection: Connection): Promise<string> =>
    catalogFingerprint(await readCatalog(connection));
  const result = await runPlan({
    ...runOptions(options, `evenkeel apply ${options.path}`),
    plan: work,
    passGate,
    fingerprintOf,
  });
  return result.outcome;
}
