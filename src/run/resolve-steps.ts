import { UsageError } from '../model/error.ts';
import type { ResolvedStep } from '../model/mend-report.ts';
import type { MigrationPlan, Step } from '../model/plan.ts';
import type { MigrationRecord } from '../model/run-record.ts';
import type { StepAddress } from './command.ts';
import { type Mending, type MendOptions, mendLedger } from './mend-ledger.ts';
import { type CompareEffect, probeEffect } from './probe-effect.ts';

export interface ResolveOptions extends MendOptions {
  /** null: every step that is not done, in order, up to the first that cannot be marked. */
  readonly step: string | null;
  /** Marks the step whatever the server says; null: only what is there. */
  readonly forceReason: string | null;
  readonly compare: CompareEffect;
}

export interface ResolvedMigration {
  readonly steps: readonly ResolvedStep[];
  readonly applied: boolean;
  /** The gate that is next, or null. */
  readonly gate: string | null;
}

/**
 * Marks steps as done that a person has done by hand, each only after a look at the server showed its effect; with a
 * reason also without that. Where that was the last of the migration, the migration is applied, in its tool's own books too.
 *
 * @throws UsageError for a step that is not in the plan, is a gate, is done, or does not come next; and as `mendLedger`.
 */
export function resolveSteps(options: ResolveOptions): Promise<ResolvedMigration> {
  return mendLedger(options, async (mending) => {
    const { record, plan, ledger, failpoint } = mending;
    refuseAbandoning(record);
    const open = plan.steps.filter(({ id }) => !isDone(record, id));
    const wanted = options.step === null ? open : [wantedStep(plan, open, options.step)];
    const steps: ResolvedStep[] = [];
    for (const step of wanted) {
      const resolved = await resolveStep(mending, step, open, options);
      steps.push(resolved);
      if (resolved.outcome === 'refused' || resolved.outcome === 'gate') break;
    }
    const marked = steps.filter(({ outcome }) => outcome === 'marked' || outcome === 'forced').length;
    const applied = marked === open.length;
    if (applied) {
      failpoint.pass(`${plan.id}/-/before/finish-migration`);
      await ledger.finishMigration(plan);
    }
    const next = open[marked];
    return { steps, applied, gate: next?.kind === 'gate' ? next.id : null };
  });
}

async function resolveStep(
  { control, ledger, plan, failpoint }: Mending,
  step: Step,
  open: readonly Step[],
  { forceReason, compare }: ResolveOptions,
): Promise<ResolvedStep> {
  if (step.kind === 'gate') return { step: step.id, outcome: 'gate', said: `it asks for a deployment: ${step.deploy}` };
  const address: StepAddress = { migration: plan.id, step: step.id, ordinal: plan.steps.indexOf(step) + 1 };
  const rest = open.slice(open.indexOf(step) + 1).flatMap(sqlOf);
  const { holds, said } = await probeEffect(control, step, rest, compare);
  failpoint.pass(`${plan.id}/${step.id}/before/resolve`);
  if (!holds && forceReason === null) return { step: step.id, outcome: 'refused', said };
  const action = holds ? 'resolved' : 'forced';
  await ledger.resolveStep(address, { action, reason: forceReason, probe: said });
  failpoint.pass(`${plan.id}/${step.id}/after/resolve`);
  return { step: step.id, outcome: holds ? 'marked' : 'forced', said };
}

function sqlOf(step: Step): readonly string[] {
  if (step.kind === 'transaction') return step.sql;
  return step.kind === 'concurrent-index' ? [step.sql] : [];
}

function isDone({ steps }: MigrationRecord, step: string): boolean {
  return steps.some(({ id, state }) => id === step && (state === 'done' || state === 'passed'));
}

function refuseAbandoning({ id, state }: MigrationRecord): void {
  if (state !== 'abandoning') return;
  throw new UsageError(`${id} is being given up.`, { nextCommand: `evenkeel abandon ${id}` });
}

/** Steps are done in the order of their plan, and so they are marked. */
function wantedStep(plan: MigrationPlan, open: readonly Step[], id: string): Step {
  const step = plan.steps.find((one) => one.id === id);
  const next = open[0];
  if (step === undefined) {
    const known = plan.steps.map((one) => one.id).join(', ');
    throw new UsageError(`${plan.id} has no step ${id}; it has ${known}.`, {
      nextCommand: `evenkeel resolve ${plan.id}${next === undefined ? '' : ` ${next.id}`}`,
    });
  }
  if (step.kind === 'gate') {
    throw new UsageError(`${id} is a gate: it asks for a deployment, and is passed by apply. ${step.deploy}`, {
      nextCommand: `evenkeel resume --past-gate ${plan.id}:${id}`,
    });
  }
  if (next?.id !== id) {
    const why =
      next !== undefined && open.includes(step) ? `comes after ${next.id}, which is not done` : 'is done already';
    throw new UsageError(`Step ${id} of ${plan.id} ${why}.`, {
      nextCommand: `evenkeel resolve ${plan.id}${next === undefined ? '' : ` ${next.id}`}`,
    });
  }
  return step;
}
