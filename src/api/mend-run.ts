import { effectOfStatements } from '../catalog/effect-of-statements.ts';
import type { DatabaseTarget } from '../db/database-target.ts';
import { describeDatabase } from '../db/describe-database.ts';
import { UsageError } from '../model/error.ts';
import type { AbandonReport, ResolveReport } from '../model/mend-report.ts';
import type { RunEvent } from '../model/run-event.ts';
import { abandonMigration } from '../run/abandon-migration.ts';
import { resolveSteps } from '../run/resolve-steps.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';

interface MendControls {
  readonly databaseUrl: DatabaseTarget;
  /** The id of a migration that has begun. */
  readonly migration: string;
  /** What the user typed, for next commands; without the connection string. */
  readonly commandLine: string;
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

export interface ResolveOptions extends MendControls {
  /** null: every step that is not done, in order, up to the first whose effect is not there. */
  readonly step: string | null;
  /** Marks the step though its effect is not there, and keeps this in the ledger; null: never. */
  readonly forceReason: string | null;
}

export interface AbandonOptions extends MendControls {
  /** In all, clearing up waits this long for locks, ms; missing: 30 minutes. */
  readonly maxWaitMs?: number;
}

/**
 * Marks steps as done that a person has done by hand: each only when its effect is there on the server now, or with a
 * reason that the ledger keeps. The last one finishes the migration, as `apply` would.
 *
 * @throws UsageError when the migration has not begun, or there is no such step, or it does not come next;
 * RunnerBusyError while a runner is at work; otherwise as `apply`.
 */
export async function resolveMigration(options: ResolveOptions): Promise<ResolveReport> {
  const { databaseUrl, migration, step, forceReason } = options;
  if (forceReason !== null && step === null) {
    throw new UsageError('Only a single step can be marked by force.', {
      nextCommand: `evenkeel resolve ${migration} <step> --force --reason "..."`,
    });
  }
  const resolved = await resolveSteps({
    ...options,
    url: databaseUrl,
    compare: (connection, sql) =>
      effectOfStatements(
        connection,
        sql.flatMap((text) => parseStatements(text, 'plan')),
      ),
  });
  return {
    kind: 'resolve',
    version: 1,
    database: describeDatabase(databaseUrl),
    migration,
    steps: resolved.steps,
    applied: resolved.applied,
    nextCommand: afterResolving(migration, resolved),
  };
}

function afterResolving(
  migration: string,
  { steps, applied, gate }: Awaited<ReturnType<typeof resolveSteps>>,
): string | null {
  const refused = steps.find(({ outcome }) => outcome === 'refused');
  if (refused !== undefined) return `mend it, then: evenkeel resolve ${migration} ${refused.step}`;
  if (applied) return null;
  return gate === null ? 'evenkeel resume' : `evenkeel resume --past-gate ${migration}:${gate}`;
}

/**
 * Gives up a migration that has begun. What is of no use without it is cleared away in a guarded run; what it has done
 * stays, and is told with the SQL that takes it back.
 *
 * @throws UsageError when the migration has not begun; RunnerBusyError while a runner is at work; otherwise as `apply`.
 */
export async function abandonRun(options: AbandonOptions): Promise<AbandonReport> {
  const { databaseUrl, migration, maxWaitMs } = options;
  const abandoned = await abandonMigration({
    ...options,
    url: databaseUrl,
    ...(maxWaitMs === undefined ? {} : { limits: { maxLockWaitMs: maxWaitMs } }),
  });
  return { kind: 'abandon', version: 1, database: describeDatabase(databaseUrl), migration, ...abandoned };
}
