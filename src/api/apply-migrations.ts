import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { catalogFingerprint } from '../catalog/catalog-fingerprint.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Connection } from '../db/connection.ts';
import { connectPostgres } from '../db/postgres.ts';
import { LedgerMismatchError, SourceError, StalePlanError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationPlan, Phase, Plan } from '../model/plan.ts';
import type { RunEvent, RunOutcome } from '../model/run-event.ts';
import { plan } from '../pipeline/plan.ts';
import type { LedgerContents } from '../run/read-ledger.ts';
import { runPlan } from '../run/run-plan.ts';
import { readMigrations } from '../source/read-migrations.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';
import { parse, readTimeZone, versionForFacts } from './load-input.ts';
import { missingRecords } from './missing-records.ts';
import { readProgress } from './read-progress.ts';

export interface ApplyOptions {
  /** A folder or file of migrations, or a saved plan (`evenkeel plan --format json`). */
  readonly path: string;
  readonly databaseUrl: string;
  /** How far to go: `migrate` stops at the first closed gate, `contract` goes past all of them. */
  readonly through: Phase;
  /** `<migration>:<step>` of one gate to pass, or null. */
  readonly pastGate: string | null;
  /** What the user typed, for next commands; without the connection string. */
  readonly commandLine: string;
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal;
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
  const migrations = await readMigrations([options.path]);
  for (;;) {
    const work = await nextWork(options, migrations);
    const outcome = await run(options, work.plan, work.passGate);
    if (outcome !== 'completed' || !work.more) return outcome;
  }
}

/** A saved plan stays as it is: when it is stale, the way on is a new plan, not the same command again. */
async function applySavedPlan(options: ApplyOptions): Promise<RunOutcome> {
  const saved = await readPlan(options.path);
  try {
    return await run(options, saved, options.pastGate);
  } catch (error) {
    if (!(error instanceof StalePlanError)) throw error;
    const folders = [...new Set(saved.migrations.map((migration) => path.dirname(migration.path)))];
    throw new StalePlanError(error.message, { cause: error, nextCommand: planCommand(folders, options.path) });
  }
}

function planCommand(paths: readonly string[], planFile: string): string {
  return `evenkeel plan ${paths.join(' ')} --database-url "$DATABASE_URL" --format json > ${planFile}`;
}

interface Work {
  readonly plan: Plan;
  readonly passGate: string | null;
  /** Whether there is something to plan once this is through. */
  readonly more: boolean;
}

async function nextWork(options: ApplyOptions, migrations: readonly Migration[]): Promise<Work> {
  const connection = await connectPostgres(options.databaseUrl, {
    applicationName: 'evenkeel:plan',
    settings: { statement_timeout: '30s', lock_timeout: '2s' },
  });
  try {
    const { ledger, pending } = await readProgress(connection, migrations);
    refuseMissing(options.path, migrations, ledger);
    const begun = pending.flatMap((migration) => begunPlan(migration, ledger) ?? []);
    const catalog = await readCatalog(connection);
    const version = versionForFacts(connection.serverMajor);
    if (begun.length > 0) {
      const rest: Plan = {
        version: 1,
        engine: 'postgresql',
        serverMajor: version.major,
        fingerprint: catalogFingerprint(catalog),
        migrations: begun,
      };
      const passGate = gateToPass(options.pastGate, rest, pending, ledger);
      return { plan: rest, passGate, more: pending.length > begun.length };
    }
    const timeZone = await readTimeZone(connection);
    const report = plan({ migrations: pending.map(parse), catalog, catalogIsComplete: true, version, timeZone });
    const passGate = gateToPass(options.pastGate, report.plan, pending, ledger);
    return { plan: report.plan, passGate, more: false };
  } finally {
    await connection.close();
  }
}

/**
 * The gate to open in this round. The same command may come again after the migration of its gate is applied: then
 * there is nothing to open. The gate of a migration whose turn comes in a later round waits for that round.
 */
function gateToPass(
  gate: string | null,
  round: Plan,
  pending: readonly Migration[],
  ledger: LedgerContents,
): string | null {
  if (gate === null) return null;
  const isBehindUs = ledger.storedPlans.some(
    ({ state, migration }) =>
      state === 'applied' &&
      migration.steps.some((step) => step.kind === 'gate' && `${migration.id}:${step.id}` === gate),
  );
  const isOf = ({ id }: { readonly id: string }): boolean => gate.startsWith(`${id}:`);
  const comesLater = pending.some(isOf) && !round.migrations.some(isOf);
  return isBehindUs || comesLater ? null : gate;
}

/**
 * The stored plan of a migration that has begun. One whose file was mended before any step of it was done is planned
 * anew instead.
 */
function begunPlan(migration: Migration, ledger: LedgerContents): MigrationPlan | null {
  const record = ledger.migrations.find((one) => one.id === migration.id);
  const stored = ledger.storedPlans.find((one) => one.migration.id === migration.id)?.migration;
  if (record === undefined || stored === undefined) return null;
  if (record.checksum === migration.checksum) return stored;
  if (record.steps.every((step) => step.state === 'failed')) return null;
  throw new LedgerMismatchError(`${migration.path} was edited after some of its steps were done.`, {
    nextCommand: `restore ${migration.path} as it was, and put the change into a new migration`,
  });
}

/** A migration that is in the ledger and not in its folder has been deleted or renamed. */
function refuseMissing(given: string, migrations: readonly Migration[], ledger: LedgerContents): void {
  const [missing] = missingRecords([given], migrations, ledger);
  if (missing === undefined) return;
  const happened = missing.state === 'applied' ? 'applied to' : 'begun in';
  throw new LedgerMismatchError(`${missing.path} was ${happened} this database, but the file is gone.`, {
    nextCommand: `restore ${missing.path} (it is needed to tell what was done), then run the same command again`,
  });
}

async function run(options: ApplyOptions, work: Plan, passGate: string | null): Promise<RunOutcome> {
  const result = await runPlan({
    url: options.databaseUrl,
    plan: work,
    through: options.through,
    passGate,
    commandLine: options.commandLine,
    onEvent: options.onEvent,
    signal: options.signal,
    fingerprintOf: async (connection: Connection) => catalogFingerprint(await readCatalog(connection)),
  });
  return result.outcome;
}

async function readPlan(file: string): Promise<Plan> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new SourceError(`The plan ${file} cannot be read.`, { cause, nextCommand: `ls ${file}` });
  }
  const advice = { nextCommand: planCommand(['<folder>'], file) };
  try {
    const value = JSON.parse(text) as Partial<Plan>;
    const isPlan = value.version === 1 && value.engine === 'postgresql' && typeof value.fingerprint === 'string';
    if (isPlan && Array.isArray(value.migrations)) return value as Plan;
  } catch (cause) {
    throw new SourceError(`${file} is not JSON, so it is no plan.`, { cause, ...advice });
  }
  throw new SourceError(`${file} is JSON, but not a plan of version 1.`, advice);
}
