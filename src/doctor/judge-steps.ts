import { setTimeout as sleep } from 'node:timers/promises';
import { PrivilegeError } from '../model/error.ts';
import type { RelationLock } from '../model/facts.ts';
import type { LockMode } from '../model/lock-mode.ts';
import type { ConcurrentIndexStep, GateStep, MigrationPlan, Step } from '../model/plan.ts';
import type { PreflightReason, PreflightReport, PreflightStep, PreflightVerdict } from '../model/preflight-report.ts';
import type { Blocker } from '../model/run-event.ts';
import { type Capabilities, readCapabilities, STRIKE_DEADLOCK_TIMEOUT_MS } from '../run/capabilities.ts';
import { inspectIndex } from '../run/inspect-index.ts';
import { type Judgement, judgeHolders } from '../run/judge-holders.ts';
import { DEFAULT_LIMITS } from '../run/limits.ts';
import { lookAtHolders } from '../run/observe-holders.ts';
import { assertMayChange } from '../run/preflight.ts';
import type { ReconciledPlan } from '../run/reconcile-plan.ts';
import { blockerReason } from './blocker-reason.ts';
import { readOldSnapshots } from './old-snapshots.ts';
import { readRoom } from './room-for-index.ts';
import type { Subject } from './subject.ts';

type WorkStep = Exclude<Step, GateStep>;

const OLD_MS = DEFAULT_LIMITS.oldHolderMs;
const SEVERITY: readonly PreflightVerdict[] = ['clear', 'wait', 'refused'];

/** The gravest of several verdicts. */
export function worstVerdict(verdicts: readonly PreflightVerdict[]): PreflightVerdict {
  return SEVERITY[Math.max(0, ...verdicts.map((verdict) => SEVERITY.indexOf(verdict)))] ?? 'clear';
}

/**
 * What each step until the next closed gate would meet right now. It looks as a run does before it strikes, and takes no
 * lock on the tables.
 */
export async function judgeSteps(
  subject: Subject,
  plan: ReconciledPlan,
  passGate: string | null,
): Promise<Pick<PreflightReport, 'steps' | 'gate'>> {
  const capabilities = await readCapabilities(subject.connection);
  const steps: PreflightStep[] = [];
  for (const migration of plan.migrations) {
    const recalled = plan.recalled[migration.id];
    if (recalled?.applied === true) continue;
    for (const step of migration.steps) {
      const state = recalled?.steps[step.id]?.state;
      if (state === 'done' || state === 'passed') continue;
      if (step.kind !== 'gate') {
        steps.push(await judgeStep(subject, capabilities, migration, step));
      } else if (`${migration.id}:${step.id}` !== passGate) {
        return { steps, gate: { migration: migration.id, step: step.id, deploy: step.deploy } };
      }
    }
  }
  return { steps, gate: null };
}

async function judgeStep(
  subject: Subject,
  capabilities: Capabilities,
  migration: MigrationPlan,
  step: WorkStep,
): Promise<PreflightStep> {
  const reasons = [
    ...(await missingRights(subject, migration, step)),
    ...(await lockReasons(subject, capabilities, step)),
    ...(step.kind === 'concurrent-index' ? await indexReasons(subject, step) : []),
  ];
  const { id, kind, phase } = step;
  const verdict = worstVerdict(reasons.map((reason) => reason.verdict));
  return { migration: migration.id, path: migration.path, step: id, kind, phase, verdict, reasons };
}

async function missingRights(
  { connection }: Subject,
  migration: MigrationPlan,
  step: WorkStep,
): Promise<readonly PreflightReason[]> {
  try {
    await assertMayChange(connection, [{ ...migration, steps: [step] }], 'evenkeel apply');
    return [];
  } catch (error) {
    if (!(error instanceof PrivilegeError)) throw error;
    return [{ verdict: 'refused', sentence: error.message, blocker: null, nextCommand: error.nextCommand }];
  }
}

async function lockReasons(
  subject: Subject,
  capabilities: Capabilities,
  step: WorkStep,
): Promise<readonly PreflightReason[]> {
  const first = await judgedLook(subject, capabilities, step.locks, step.lockTimeoutMs);
  const later =
    step.kind === 'concurrent-index'
      ? await judgedLook(subject, capabilities, [{ relation: step.table, mode: waitMode(step) }], step.lockTimeoutMs)
      : { blockers: [], yields: false };
  const isSame = (a: Blocker, b: Blocker): boolean => a.pid === b.pid && a.applicationName === b.applicationName;
  const behind = later.blockers.filter((blocker) => !first.blockers.some((one) => isSame(one, blocker)));
  const yields: PreflightReason = {
    verdict: 'clear',
    sentence: 'An autovacuum works on the table; it gives way within the budget of the strike.',
    blocker: null,
    nextCommand: null,
  };
  return [
    ...first.blockers.map((blocker) => blockerReason(subject, blocker, 'lock')),
    ...behind.map((blocker) => blockerReason(subject, blocker, 'build')),
    ...(first.yields ? [yields] : []),
  ];
}

/** A build waits for everybody who writes, a drop for everybody who reads, while it blocks nobody itself. */
function waitMode(step: ConcurrentIndexStep): LockMode {
  return step.verb === 'drop' ? 'ACCESS EXCLUSIVE' : 'SHARE';
}

/** Whose age cannot be seen is looked at again, as a run does: who is still there then is old. */
async function judgedLook(
  { connection }: Subject,
  capabilities: Capabilities,
  locks: readonly RelationLock[],
  budgetMs: number,
): Promise<Pick<Judgement, 'blockers' | 'yields'>> {
  const autovacuumYields = capabilities.setsDeadlockTimeout
    ? budgetMs > STRIKE_DEADLOCK_TIMEOUT_MS
    : budgetMs > capabilities.deadlockTimeoutMs;
  const rules = { oldMs: OLD_MS, autovacuumYields };
  const lookingSince = performance.now();
  const first = await lookAtHolders(connection, locks, [connection.pid]);
  const judged = judgeHolders(first.holders, { sightings: new Map(), lookingSince, at: lookingSince }, rules);
  if (judged.sightings.size === 0) return judged;
  await sleep(OLD_MS + 1);
  const second = await lookAtHolders(connection, locks, [connection.pid]);
  const seen = { sightings: judged.sightings, lookingSince, at: performance.now() };
  return judgeHolders(second.holders, seen, rules);
}

async function indexReasons(subject: Subject, step: ConcurrentIndexStep): Promise<readonly PreflightReason[]> {
  const { connection } = subject;
  const { condition, builderPid, onTable } = await inspectIndex(connection, step, connection.pid);
  const reasons: PreflightReason[] = [];
  const say = (verdict: PreflightVerdict, sentence: string, nextCommand: string | null): void => {
    reasons.push({ verdict, sentence, blocker: null, nextCommand });
  };
  if (condition === 'building') {
    say(
      'wait',
      `Server process ${builderPid} is building ${step.index} right now.`,
      'SELECT * FROM pg_stat_progress_create_index;',
    );
  } else if (condition === 'valid' && !onTable) {
    say('refused', `There is an index ${step.index} already, on another table.`, `rename one of the two indexes`);
  } else if (condition === 'invalid') {
    say('clear', `${step.index} is there and invalid; a run drops it and builds it anew.`, null);
  }
  const room = await readRoom(connection, step);
  if (room !== null) say('clear', room, null);
  return [...reasons, ...(await readOldSnapshots(subject))];
}
