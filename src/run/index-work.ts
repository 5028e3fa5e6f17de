import type { RunEventDetail } from '../model/run-event.ts';
import { answer } from './answer.ts';
import { pause, resumeOf } from './back-off.ts';
import type { Failure } from './failure.ts';
import type { Answer, IndexWatch, IndexWork, RunContext } from './state.ts';
import { stopped } from './stop.ts';

/** Between two looks at a statement of our own. */
export const LOOK_EVERY_MS = 250;

/** Between two looks at an index that another session is building. */
export const LOOK_AGAIN_MS = 1_000;

/** What was seen so far of a statement that goes on; null: it did not begin. */
export function watchOf(work: IndexWork): IndexWatch | null {
  return work.kind === 'inspecting-index' ? work.adopted : work.watch;
}

export function withWatch(work: IndexWork, watch: IndexWatch): IndexWork {
  return work.kind === 'inspecting-index' ? { ...work, adopted: watch } : { ...work, watch };
}

/** Lets it go on, and looks again. */
export function lookOn(
  context: RunContext,
  work: IndexWork,
  events: readonly RunEventDetail[] = [],
  afterMs: number = LOOK_EVERY_MS,
): Answer {
  const { step } = work;
  if (step.kind !== 'concurrent-index') return stopped(context, work, 'No index step.', events);
  if (work.kind !== 'inspecting-index') return answer(context, work, { kind: 'watch-index', step, afterMs }, events);
  const resume = resumeOf(answer(context, work, { kind: 'inspect-index', step }));
  return pause(context, work, LOOK_AGAIN_MS, resume, events);
}

/** Ends it, for a reason that the end of the run tells. What it leaves behind is cleared away as after any failure. */
export function giveUp(
  context: RunContext,
  work: IndexWork,
  reason: string,
  events: readonly RunEventDetail[] = [],
): Answer {
  const watch = watchOf(work);
  if (watch === null) return stopped(context, work, reason, events);
  const given = withWatch(work, { ...watch, givingUp: reason });
  if (given.kind !== 'inspecting-index') {
    return answer(context, given, { kind: 'cancel-index', why: 'deadline' }, events);
  }
  const { orphan } = watch;
  if (orphan === null) return stopped(context, work, reason, events);
  const failure: Failure = {
    sqlstate: '57014',
    message: reason,
    detail: null,
    cancelledBy: 'deadline',
    overdraft: null,
    alarm: null,
    elapsedMs: 0,
    waiters: 0,
  };
  return answer(context, { ...given, phase: 'after-failure', failure }, { kind: 'end-orphan', ...orphan }, events);
}
