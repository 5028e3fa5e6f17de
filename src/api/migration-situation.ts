import type { MigrationSituation } from '../model/migration-situation.ts';
import type { GateStep, MigrationPlan } from '../model/plan.ts';
import type { Blocker } from '../model/run-event.ts';
import type { MigrationRecord, StepRecord } from '../model/run-record.ts';
import { failureHint } from '../run/failure.ts';
import { describeBlocker } from '../run/stop.ts';

/** What is known of a migration beside its record. */
export interface SituationEvidence {
  readonly plan: MigrationPlan | null;
  /** Whether a runner is at work on the database right now. */
  readonly isRunnerAtWork: boolean;
  /** Whom its last run waited for, as far as they are still in the way. */
  readonly blockers: readonly Blocker[];
  /** What begins the run again, without a gate to pass. */
  readonly runCommand: string;
}

/** Something of that name is there already; whether it is what was wanted, a look at its definition tells. */
const ALREADY_THERE: ReadonlySet<string> = new Set(['42P07', '42701', '42710', '42P06', '42723']);
/** A relation, column, or other object of the plan is not there. */
const NOT_THERE: ReadonlySet<string> = new Set(['42P01', '42703', '42704', '3F000']);

/** Where a migration stands that has begun, and what to type; null for one that is applied or given up. */
export function situationOf(record: MigrationRecord, evidence: SituationEvidence): MigrationSituation | null {
  const { runCommand, isRunnerAtWork, blockers } = evidence;
  const step = stepAtHand(record, evidence.plan);
  const base = { step, sqlstate: null, blockers: [] as readonly Blocker[], nextCommand: runCommand };
  switch (record.state) {
    case 'applied':
    case 'abandoned':
      return null;
    case 'abandoning':
      return {
        ...base,
        kind: 'abandoning',
        step: null,
        reason: 'Giving it up is not through: the same command goes on with that.',
        nextCommand: `evenkeel abandon ${record.id}`,
      };
    case 'gated':
      return gated(record, evidence);
    case 'failed':
      return failed(record, evidence);
    case 'running':
      if (blockers.length > 0) return blocked(base, evidence);
      return isRunnerAtWork
        ? { ...base, kind: 'running', reason: 'A runner is at work.', nextCommand: 'evenkeel watch' }
        : {
            ...base,
            kind: 'retryable',
            reason:
              'Its run ended before it was through, and nothing is to be mended: the next one goes on from there.',
          };
  }
}

function blocked(
  base: Pick<MigrationSituation, 'step' | 'sqlstate' | 'nextCommand'>,
  { blockers, isRunnerAtWork }: SituationEvidence,
): MigrationSituation {
  const [first] = blockers;
  const who = first === undefined ? '' : describeBlocker(first);
  const more = blockers.length > 1 ? ` (and ${blockers.length - 1} more)` : '';
  const then = isRunnerAtWork
    ? 'The runner waits for it without standing in the queue.'
    : 'The next run waits for it without standing in the queue.';
  return {
    ...base,
    kind: 'blocked',
    blockers,
    reason: `${capital(who)}${more}. ${then}`,
    nextCommand: isRunnerAtWork ? 'evenkeel watch' : base.nextCommand,
  };
}

function gated(record: MigrationRecord, { plan, runCommand }: SituationEvidence): MigrationSituation {
  const gate = closedGate(record, plan);
  const base = { kind: 'gated', sqlstate: null, blockers: [] } as const;
  if (gate === null) {
    const reason = 'It was told to go no further than a phase of its plan.';
    return { ...base, step: null, reason, nextCommand: runCommand };
  }
  const reason = `Deploy first: ${gate.deploy}`;
  return { ...base, step: gate.id, reason, nextCommand: `${runCommand} --past-gate ${record.id}:${gate.id}` };
}

function failed(record: MigrationRecord, { runCommand }: SituationEvidence): MigrationSituation {
  const step = record.steps.find(({ state }) => state === 'failed') ?? null;
  const sqlstate = step?.sqlstate ?? null;
  const kind = kindOfFailure(step);
  const lookFirst = step !== null && sqlstate !== null && ALREADY_THERE.has(sqlstate);
  return {
    kind,
    step: step?.id ?? null,
    sqlstate,
    blockers: [],
    reason:
      step !== null && sqlstate === null
        ? 'What the step wants is not there, though it ran: compare the schema with the plan, mend it, then run the same command again.'
        : failureHint(sqlstate),
    // By its definition it is told whether what is there is what the step would have made.
    nextCommand: lookFirst ? `evenkeel resolve ${record.id} ${step.id}` : runCommand,
  };
}

function kindOfFailure(step: StepRecord | null): MigrationSituation['kind'] {
  if (step === null) return 'retryable';
  const { sqlstate } = step;
  if (sqlstate === null || ALREADY_THERE.has(sqlstate) || NOT_THERE.has(sqlstate)) return 'drift';
  return sqlstate.startsWith('22') || sqlstate.startsWith('23') ? 'needs-data-fix' : 'needs-fix';
}

/** The first step of the plan that is not done. */
function stepAtHand(record: MigrationRecord, plan: MigrationPlan | null): string | null {
  const step = plan?.steps.find(({ id }) => !isDone(record, id));
  return step?.id ?? null;
}

function isDone(record: MigrationRecord, step: string): boolean {
  return record.steps.some(({ id, state }) => id === step && (state === 'done' || state === 'passed'));
}

/** The gate that a migration waits at: the first step of its plan that is not done, if it is one. */
function closedGate(record: MigrationRecord, plan: MigrationPlan | null): GateStep | null {
  const next = plan?.steps.find(({ id }) => !isDone(record, id));
  return next?.kind === 'gate' ? next : null;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
