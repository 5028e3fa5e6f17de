import { LedgerMismatchError, UsageError } from '../model/error.ts';
import type { MigrationPlan, Plan } from '../model/plan.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import type { LedgerContents } from './read-ledger.ts';
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
  const missing = ledger.migrations.find(({ id, state }) => state !== 'applied' && !ids.has(id));
  if (missing !== undefined) {
    throw new LedgerMismatchError(`${missing.path} was begun in this database but is not part of the plan.`, {
      nextCommand: `restore ${missing.path}, then run the same command again`,
    });
  }
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
