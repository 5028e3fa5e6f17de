import type { BlockerPolicies } from '../model/blocker-policy.ts';
import type { DoneStep } from '../model/mend-report.ts';
import type { MigrationPlan } from '../model/plan.ts';
import type { RunOutcome } from '../model/run-event.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import { type CleanUp, cleanUpPlan } from './clean-up-plan.ts';
import type { RunLimits } from './limits.ts';
import { type MendOptions, mendLedger } from './mend-ledger.ts';
import { runPlan } from './run-plan.ts';

export interface AbandonOptions extends MendOptions {
  readonly limits?: Partial<RunLimits>;
  readonly blockers?: BlockerPolicies;
}

export interface AbandonedMigration {
  readonly path: string;
  readonly done: readonly DoneStep[];
  readonly cleared: readonly string[];
  readonly isAbandoned: boolean;
  readonly outcome: RunOutcome;
  readonly nextCommand: string | null;
}

/**
 * Gives up a migration that has begun: marks it, clears away what is of no use without it in a guarded run, and marks it
 * given up, so that an edited file can begin anew or the file can go. What it has done to the schema stays, and is told
 * with the SQL that takes it back: an undo of DDL wants the guard of a run as much as the DDL did.
 *
 * Killed at any place, the same call goes on.
 *
 * @throws as `mendLedger`; RunnerBusyError while another runner is at work.
 */
export async function abandonMigration(options: AbandonOptions): Promise<AbandonedMigration> {
  const begun = await mendLedger(options, async ({ control, ledger, plan, record, contents, failpoint }) => {
    failpoint.pass(`${plan.id}/-/before/abandon`);
    await ledger.beginAbandoning(plan.id);
    failpoint.pass(`${plan.id}/-/after/abandon`);
    const stored = contents.storedPlans.find(({ migration }) => migration.id === plan.id);
    return {
      cleanUp: await cleanUpPlan(control, plan, record),
      plan,
      record,
      serverMajor: stored?.serverMajor ?? control.serverMajor,
    };
  });
  const { cleanUp, plan, record } = begun;
  const told = { path: plan.path, done: doneSteps(plan, record, cleanUp), cleared: cleanUp.sentences };
  if (cleanUp.plan.steps.length > 0) {
    const result = await clear(options, cleanUp.plan, begun.serverMajor);
    if (result.outcome !== 'completed') return { ...told, isAbandoned: false, ...result };
  }
  await mendLedger(options, async ({ ledger, failpoint }) => {
    failpoint.pass(`${plan.id}/-/before/abandoned`);
    await ledger.finishAbandoning(plan.id);
  });
  return { ...told, isAbandoned: true, outcome: 'completed', nextCommand: null };
}

async function clear(
  options: AbandonOptions,
  plan: MigrationPlan,
  serverMajor: number,
): Promise<{ readonly outcome: RunOutcome; readonly nextCommand: string | null }> {
  const { url, commandLine, onEvent, signal, limits, blockers, failpoint } = options;
  const { outcome, nextCommand } = await runPlan({
    url,
    plan: { version: 1, engine: 'postgresql', serverMajor, fingerprint: '', migrations: [plan] },
    through: 'contract',
    passGate: null,
    commandLine,
    onEvent,
    signal,
    ...(limits === undefined ? {} : { limits }),
    ...(blockers === undefined ? {} : { blockers }),
    ...(failpoint === undefined ? {} : { failpoint }),
  });
  return { outcome, nextCommand };
}

/** The last one first. A backfill or an index that was begun has left something, too. */
function doneSteps(plan: MigrationPlan, record: MigrationRecord, cleanUp: CleanUp): readonly DoneStep[] {
  return plan.steps
    .flatMap((step): DoneStep[] => {
      const state = record.steps.find(({ id }) => id === step.id)?.state;
      if (state === undefined || (state === 'failed' && step.kind !== 'backfill')) return [];
      const undo = step.undo?.filter((sql) => !cleanUp.takenAlong.has(sql)) ?? null;
      return [{ step: step.id, state: state === 'done' || state === 'passed' ? state : 'begun', why: step.why, undo }];
    })
    .reverse();
}
