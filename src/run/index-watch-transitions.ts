import type { RunEventDetail } from '../model/run-event.ts';
import { addressOf, answer } from './answer.ts';
import { endBlocker } from './blocker-transitions.ts';
import { giveUp, lookOn, watchOf, withWatch } from './index-work.ts';
import { withWaiters } from './lock-transitions.ts';
import type { Answer, IndexLook, IndexWatch, IndexWork, InputOf, RunContext, StateOf, Work } from './state.ts';
import { describeBlocker, seconds, stopped } from './stop.ts';

/** Whom it waits for may change many times a second; more than one line a second tells nobody anything. */
const REPORT_AT_MOST_EVERY_MS = 1_000;

/** Our own statement is under way: let it go on, clear its way, or give it up. */
export function afterIndexLook(
  context: RunContext,
  state: StateOf<'building-index' | 'repairing-index'>,
  input: InputOf<'index-watched'>,
): Answer {
  const exposure = withWaiters(state.exposure, input.waiters);
  return judgeIndexLook(context, { ...state, exposure }, input, input.at);
}

/**
 * Whom a statement about an index waits for is treated like anybody else in the way: policies of the user first, patience
 * up to a limit else. It waits for one after the other, so only those are judged that it waits for now.
 */
export function judgeIndexLook(
  context: RunContext,
  work: IndexWork,
  look: IndexLook,
  at: number,
  orphan: IndexWatch['orphan'] = null,
): Answer {
  const before = watchOf(work) ?? newWatch(at, orphan);
  const phase = phaseOf(before, work, look, at);
  const heldUpSince = look.blockers.length === 0 ? null : (before.heldUpSince ?? at);
  const { told, events } = tell(context, work, { ...before, phase, heldUpSince }, look, at);
  const seen = withWatch(work, { ...before, phase, heldUpSince, told });
  if (heldUpSince === null) return lookOn(context, seen, events);
  const waitedMs = at - heldUpSince;
  if (waitedMs >= patienceMs(context, seen)) return giveUp(context, seen, patienceEnded(seen, look, waitedMs), events);
  return endBlocker(context, seen, { blockers: look.blockers, at }, events, seen) ?? lookOn(context, seen, events);
}

function newWatch(at: number, orphan: IndexWatch['orphan']): IndexWatch {
  return { orphan, since: at, heldUpSince: null, phase: null, told: null, givingUp: null };
}

function phaseOf({ phase }: IndexWatch, work: IndexWork, look: IndexLook, at: number): IndexWatch['phase'] {
  const name = look.phase ?? doing(work);
  const percent = look.percent ?? 0;
  return phase?.name === name && phase.percent <= percent ? phase : { name, since: at, percent };
}

function doing(work: IndexWork): string {
  if (work.kind === 'repairing-index') return 'dropping the invalid index';
  return work.step.kind === 'concurrent-index' && work.step.verb === 'drop' ? 'dropping' : 'building';
}

function tell(
  context: RunContext,
  work: IndexWork,
  watch: IndexWatch,
  look: IndexLook,
  at: number,
): { readonly told: IndexWatch['told']; readonly events: readonly RunEventDetail[] } {
  const [waitingFor = null] = look.blockers;
  const waitingForPid = waitingFor?.pid ?? null;
  const since = at - (watch.told?.at ?? watch.since);
  const changed = watch.told !== null && watch.told.waitingForPid !== waitingForPid;
  const due = since >= context.limits.indexProgressEveryMs || (changed && since >= REPORT_AT_MOST_EVERY_MS);
  if (!due) return { told: watch.told, events: [] };
  const { migration, step } = addressOf(context, work);
  const phase = watch.phase?.name ?? doing(work);
  const elapsedMs = Math.round(at - watch.since);
  const { percent } = look;
  const etaMs = waitingFor === null ? restOf(watch, percent, at) : null;
  const progress: RunEventDetail = {
    type: 'index:progress',
    migration,
    step,
    phase,
    percent,
    etaMs,
    waitingForPid,
    waitingFor,
    elapsedMs,
  };
  return { told: { at, waitingForPid }, events: [progress] };
}

function restOf({ phase }: IndexWatch, percent: number | null, at: number): number | null {
  if (phase === null || percent === null || percent <= phase.percent) return null;
  return Math.round(((100 - percent) * (at - phase.since)) / (percent - phase.percent));
}

/** Clearing up after a build that was given up, or after a request to stop, does not wait as long as the work itself. */
function patienceMs({ limits }: RunContext, work: IndexWork): number {
  const clearsUp = work.kind === 'repairing-index' && (work.phase !== 'before' || work.stopping);
  return clearsUp ? Math.min(limits.maxRepairWaitMs, limits.maxLockWaitMs) : limits.maxLockWaitMs;
}

function patienceEnded(work: IndexWork, { blockers }: IndexLook, waitedMs: number): string {
  const [first] = blockers;
  const who = first === undefined ? '' : `: ${describeBlocker(first)}`;
  const more = blockers.length > 1 ? ` (and ${blockers.length - 1} more)` : '';
  const what = work.kind === 'repairing-index' ? 'The drop of the invalid index' : 'The statement';
  return `${what} waited ${seconds(waitedMs)} for others${who}${more}.`;
}

/** Not sent yet: stop. Under way: cancel it; what it leaves behind is cleared away first. */
export function stopBuild(context: RunContext, state: StateOf<'building-index'>): Answer {
  if (state.watch === null) return askedToStop(context, state);
  return answer(context, { ...state, stopping: true }, { kind: 'cancel-index', why: 'stop' });
}

function askedToStop(context: RunContext, work: Work): Answer {
  return stopped(context, { ...work, stopping: true }, 'It was asked to stop.');
}

/** The signal was not sent yet. */
export function stopSignalling(context: RunContext, state: StateOf<'ending-blocker'>): Answer {
  const { during } = state;
  if (during === null) return askedToStop(context, state);
  if (during.kind === 'building-index') return stopBuild(context, during);
  if (during.kind === 'inspecting-index' && during.phase === 'before') return askedToStop(context, during);
  return lookOn(context, { ...during, stopping: true });
}
