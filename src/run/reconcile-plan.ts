import path from 'node:path';
import { LedgerMismatchError, UsageError } from '../model/error.ts';
import type { MigrationPlan, Plan } from '../model/plan.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import { CLEAN_UP_PREFIX } from './clean-up-id.ts';
import type { LedgerContents } from './read-ledger.ts';
import { ANYTHING, relationsOf } from './relations-of-plan.ts';
import type { RecalledMigration } from './state.ts';

export interface ReconciledPlan {
  /** In order; those that the ledger calls applied are still among them. */
  readonly migrations: readonly MigrationPlan[];
  readonly recalled: Readonly<Record<string, RecalledMigration>>;
  /** Those that have not begun, whose plans are to be stored. */
  readonly fresh: readonly MigrationPlan[];
  /** Whether anything of the plan was begun by an earlier run. */
  readonly begun: boolean;
}

/**
 * Puts a plan beside what the ledger remembers. A migration that has begun goes on with the plan that it began with,
 * whatever plan is given now: half of it is in the catalog already.
 *
 * @param plan null: go on with what the ledger has stored.
 * @throws LedgerMismatchError when a file changed after a step of it was done, or when one that began is missing.
 */
export function reconcilePlan(plan: Plan | null, ledger: LedgerContents): ReconciledPlan {
  const given = plan?.migrations ?? ledger.storedPlans.map(({ migration }) => migration);
  const ids = new Set(given.map(({ id }) => id));
  if (ids.size < given.length) {
    throw new UsageError('The plan names a migration twice.', { nextCommand: 'plan anew from the migration files' });
  }
  refuseAbandoning(given, ledger);
  refuseLeftOut(given, ids, ledger);
  const recalled: Record<string, RecalledMigration> = {};
  const fresh: MigrationPlan[] = [];
  const migrations = given.map((migration) => {
    const record = ledger.migrations.find(({ id }) => id === migration.id);
    if (record === undefined || isUntouched(record, migration)) {
      fresh.push(migration);
      return migration;
    }
    assertUnedited(record, migration);
    recalled[migration.id] = recall(record, ledger);
    return ledger.storedPlans.find((stored) => stored.migration.id === migration.id)?.migration ?? migration;
  });
  return { migrations, recalled, fresh, begun: Object.keys(recalled).length > 0 };
}

/** What is being given up is nobody's to go on with. */
function refuseAbandoning(given: readonly MigrationPlan[], ledger: LedgerContents): void {
  const half = ledger.migrations.find(({ id, state }) => state === 'abandoning' && given.some((one) => one.id === id));
  if (half === undefined) return;
  throw new LedgerMismatchError(`${half.path} is being given up, and that is not through.`, {
    nextCommand: `evenkeel abandon ${half.id}`,
  });
}

/**
 * A migration that has begun and is not through leaves its schema half-way. Whoever shares nothing with it (another
 * folder, other relations) need not wait for it; everybody else would build on something that is about to change.
 */
function refuseLeftOut(given: readonly MigrationPlan[], ids: ReadonlySet<string>, ledger: LedgerContents): void {
  // Clearing up takes nothing away that anybody else's plan knows of.
  if (given.some(({ id }) => id.startsWith(CLEAN_UP_PREFIX))) return;
  for (const record of ledger.migrations) {
    if (record.state === 'applied' || ids.has(record.id)) continue;
    const stored = ledger.storedPlans.find(({ migration }) => migration.id === record.id)?.migration;
    const shared = sharedWith(given, record, stored ?? null);
    if (shared === null) continue;
    throw new LedgerMismatchError(
      `${record.path} was begun in this database but is not part of the plan, which has ${shared} in common with it.`,
      { nextCommand: `evenkeel status, which says how to finish ${record.id}, or: evenkeel abandon ${record.id}` },
    );
  }
}

/** What plans have in common with one that has begun, in words; null when nothing. */
function sharedWith(
  given: readonly MigrationPlan[],
  record: MigrationRecord,
  stored: MigrationPlan | null,
): string | null {
  if (given.some((one) => folderOf(one.path) === folderOf(record.path))) return `the folder ${folderOf(record.path)}`;
  if (stored === null) return 'who knows what';
  const own = relationsOf(stored);
  const theirs = new Set(given.flatMap((one) => [...relationsOf(one)]));
  if (theirs.size > 0 && (own.has(ANYTHING) || theirs.has(ANYTHING))) return ANYTHING;
  return [...theirs].find((relation) => own.has(relation)) ?? null;
}

/** Prisma gives every migration a folder of its own. */
function folderOf(file: string): string {
  const folder = path.dirname(file);
  return path.basename(file) === 'migration.sql' ? path.dirname(folder) : folder;
}

/** Begun, edited since, but nothing of it is done: the new plan may take its place. */
function isUntouched(record: MigrationRecord, migration: MigrationPlan): boolean {
  return (
    record.state !== 'applied' &&
    record.checksum !== migration.checksum &&
    record.steps.every(({ state }) => state === 'failed')
  );
}

function assertUnedited(record: MigrationRecord, migration: MigrationPlan): void {
  if (record.checksum === migration.checksum) return;
  const since = record.state === 'applied' ? 'it was applied' : 'some of its steps were done';
  throw new LedgerMismatchError(`${migration.path} was edited after ${since}.`, {
    nextCommand: `restore ${migration.path} as it was, and put the change into a new migration`,
  });
}

function recall(record: MigrationRecord, ledger: LedgerContents): RecalledMigration {
  const steps = record.steps.map(({ id, state, attempts, rowsDone }) => {
    const cursor = ledger.cursors[`${record.id}:${id}`] ?? null;
    return [id, { state, attempts, rowsDone, cursor }] as const;
  });
  return { applied: record.state === 'applied', steps: Object.fromEntries(steps) };
}
