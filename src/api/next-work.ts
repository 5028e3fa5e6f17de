import { catalogFingerprint } from '../catalog/catalog-fingerprint.ts';
import type { Connection } from '../db/connection.ts';
import type { Catalog } from '../model/catalog.ts';
import { LedgerMismatchError } from '../model/error.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationPlan, Plan } from '../model/plan.ts';
import { plan } from '../pipeline/plan.ts';
import type { LedgerContents } from '../run/read-ledger.ts';
import type { KnownMigrations } from '../source/read-migrations.ts';
import { parse, readTimeZone, versionForFacts } from './load-input.ts';
import { missingRecords } from './missing-records.ts';
import { type Progress, readProgress } from './read-progress.ts';

/** What a round of a run is to do. */
export interface Work {
  readonly plan: Plan;
  readonly passGate: string | null;
  /** Whether there is something to plan once this is through. */
  readonly more: boolean;
}

export interface WorkOptions {
  /** A folder or file of migrations. */
  readonly path: string;
  /** `<migration>:<step>` of one gate to pass, or null. */
  readonly pastGate: string | null;
  /** `apply` waits for a table that somebody has locked for a moment; a look does not. */
  readonly readCatalog: (connection: Connection) => Promise<Catalog>;
}

/**
 * What is to be done next on a server: what an earlier run has begun, with the plan that it began with, or else all that
 * is pending, planned on the schema that is there.
 *
 * @throws the error of a pending migration that cannot be read; LedgerMismatchError, PrivilegeError, UnplannableError;
 * DatabaseError where something is locked.
 */
export async function nextWork(
  connection: Connection,
  { path, pastGate, readCatalog }: WorkOptions,
  { migrations, errors }: KnownMigrations,
): Promise<Work> {
  const { progress, catalog } = await readTogether(connection, readCatalog, migrations);
  const { ledger, pending } = progress;
  refuseMissing(path, migrations, ledger);
  const unread = pending.find((migration) => errors.has(migration));
  if (unread !== undefined) throw errors.get(unread);
  const begun = pending.flatMap((migration) => begunPlan(migration, ledger) ?? []);
  const version = versionForFacts(connection.serverMajor);
  if (begun.length > 0) {
    const rest: Plan = {
      version: 1,
      engine: 'postgresql',
      serverMajor: version.major,
      fingerprint: catalogFingerprint(catalog),
      migrations: begun,
    };
    const passGate = gateToPass(pastGate, rest, pending, ledger);
    return { plan: rest, passGate, more: pending.length > begun.length };
  }
  const timeZone = await readTimeZone(connection);
  const report = plan({ migrations: pending.map(parse), catalog, catalogIsComplete: true, version, timeZone });
  return { plan: report.plan, passGate: gateToPass(pastGate, report.plan, pending, ledger), more: false };
}

/** Another runner may be faster than we read, but not for long: it waits for locks, or comes to its end. */
const READINGS = 20;

/**
 * Ledger and catalog as they belong together: while another runner is at work, what the one says is pending may stand in
 * the other already, and would be planned as if it were to be made twice.
 */
async function readTogether(
  connection: Connection,
  readCatalog: WorkOptions['readCatalog'],
  migrations: readonly Migration[],
): Promise<{ readonly progress: Progress; readonly catalog: Catalog }> {
  let progress = await readProgress(connection, migrations);
  for (let reading = 1; ; reading += 1) {
    const catalog = await readCatalog(connection);
    const after = await readProgress(connection, migrations);
    if (reading === READINGS || stateOf(after) === stateOf(progress)) return { progress: after, catalog };
    progress = after;
  }
}

/** What is done by now; how far a backfill has got changes no plan. */
function stateOf({ ledger, pending, appliedElsewhere }: Progress): string {
  const begun = ledger.migrations.map(({ id, state, steps }) => [
    id,
    state,
    steps.map((step) => [step.id, step.state]),
  ]);
  return JSON.stringify([begun, pending.map(({ id }) => id), appliedElsewhere]);
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
  // The run refuses it, with the way on.
  if (record.state === 'abandoning') return stored;
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
