import type { Blocker, RunEventDetail } from '../model/run-event.ts';
import { afterFailure } from './after-failure.ts';
import { addressOf, answer, workOf } from './answer.ts';
import { type DueEnding, dueEnding } from './due-ending.ts';
import { classifyFailure } from './failure.ts';
import { giveUp, lookOn } from './index-work.ts';
import { observe } from './next-step.ts';
import type { Answer, IndexWork, InputOf, RunContext, StateOf, Work } from './state.ts';
import { describeBlocker, stopped } from './stop.ts';

/** A signal needs a moment to be heard. */
const LOOK_AGAIN_AFTER_MS = 50;

/**
 * What a policy wants done about those in the way; null: they are waited for.
 *
 * @param during a statement that goes on meanwhile, and waits for them.
 */
export function endBlocker(
  context: RunContext,
  work: Work,
  input: { readonly blockers: readonly Blocker[]; readonly at: number },
  told: readonly RunEventDetail[],
  during: IndexWork | null = null,
): Answer | null {
  const { policies, atMost } = context.blockers;
  const due = dueEnding(input.blockers, policies, work.signals, input.at);
  if (due === null) return null;
  if (due.action === 'ask') {
    const reason = askedReason(due);
    return during === null ? stopped(context, work, reason, told) : giveUp(context, during, reason, told);
  }
  if (work.exposure.signalsSent >= atMost) return null;
  const { migration, step } = addressOf(context, work);
  const { blocker, action } = due;
  const { pid, backendStart } = blocker;
  const sent = { pid, backendStart, action, at: input.at, refused: false };
  return answer(
    context,
    { kind: 'ending-blocker', ...workOf(work), signals: [...work.signals, sent], during },
    { kind: 'end-blocker', pid, backendStart, action },
    // Written to the ledger before the signal is sent.
    [...told, { type: 'blocker:signal', migration, step, action, blocker, policy: due.policy }],
  );
}

function askedReason({ blocker }: DueEnding): string {
  const ending = `SELECT pg_terminate_backend(${blocker.pid})`;
  return `It is in the way, and you wanted to be asked: ${describeBlocker(blocker)}. To end it: ${ending};`;
}

/** The signal is sent, or the session was gone already: look again. */
export function afterSignal(
  context: RunContext,
  state: StateOf<'ending-blocker'>,
  { sent }: InputOf<'blocker-signalled'>,
): Answer {
  const { migration, step } = addressOf(context, state);
  const pid = state.signals.at(-1)?.pid ?? null;
  const signalsSent = state.exposure.signalsSent + (sent ? 1 : 0);
  const work = { ...workOf(state), exposure: { ...state.exposure, signalsSent } };
  return lookAgain(context, state.during, work, [
    { type: 'blocker:signalled', migration, step, pid, outcome: sent ? 'sent' : 'gone' },
  ]);
}

/** A statement that goes on is looked at; else the way to the lock. */
function lookAgain(
  context: RunContext,
  during: IndexWork | null,
  work: Work,
  events: readonly RunEventDetail[],
): Answer {
  if (during === null) return observe(context, work, LOOK_AGAIN_AFTER_MS, events);
  const { signals, exposure } = work;
  return lookOn(context, { ...during, signals, exposure }, events, LOOK_AGAIN_AFTER_MS);
}

/** A role that may not do that waits like any other. */
export function afterFailedSignal(
  context: RunContext,
  state: StateOf<'ending-blocker'>,
  { failure }: InputOf<'sql-failed'>,
): Answer {
  const again = (): Answer => {
    const { migration, step } = addressOf(context, state);
    const signals = state.signals.map((one, place) => ({
      ...one,
      refused: place === state.signals.length - 1 || one.refused,
    }));
    const pid = signals.at(-1)?.pid ?? null;
    return lookAgain(context, state.during, { ...workOf(state), signals }, [
      { type: 'blocker:signalled', migration, step, pid, outcome: 'refused' },
    ]);
  };
  const kind = classifyFailure(failure);
  // A statement that goes on must not be left alone for it.
  const goesOn = kind === 'fault' || (state.during !== null && kind !== 'fenced');
  return goesOn ? again() : afterFailure(context, workOf(state), failure, again);
}
