import type { RunEventDetail } from '../model/run-event.ts';
import { afterFailure } from './after-failure.ts';
import { addressOf, answer, workOf } from './answer.ts';
import { type DueEnding, dueEnding } from './due-ending.ts';
import { classifyFailure } from './failure.ts';

import { observe } from './next-step.ts';
import type { Answer, InputOf, RunContext, StateOf, Work } from './state.ts';
import { describeBlocker, stopped } from './stop.ts';

/** A signal needs a moment to be heard. */
const LOOK_AGAIN_AFTER_MS = 50;

/** What a policy wants done about those in the way; null: they are waited for. */
export function endBlocker(
  context: RunContext,
  work: Work,
  input: InputOf<'holders-seen'>,
  told: readonly RunEventDetail[],
): Answer | null {
  const { policies, atMost } = context.blockers;
  const due = dueEnding(input.blockers, policies, work.signals, input.at);
  if (due === null) return null;
  if (due.action === 'ask') return asked(context, work, due, told);
  if (work.exposure.signalsSent >= atMost) return null;
  const { migration, step } = addressOf(context, work);
  const { blocker, action } = due;
  const { pid, backendStart } = blocker;
  const sent = { pid, backendStart, action, at: input.at, refused: false };
  return answer(
    context,
    { kind: 'ending-blocker', ...work, signals: [...work.signals, sent] },
    { kind: 'end-blocker', pid, backendStart, action },
    // Written to the ledger before the signal is sent.
    [...told, { type: 'blocker:signal', migration, step, action, blocker, policy: due.policy }],
  );
}

function asked(context: RunContext, work: Work, { blocker }: DueEnding, told: readonly RunEventDetail[]): Answer {
  const ending = `SELECT pg_terminate_backend(${blocker.pid})`;
  const reason = `It is in the way, and you wanted to be asked: ${describeBlocker(blocker)}. To end it: ${ending};`;
  return stopped(context, work, reason, told);
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
  return observe(context, work, LOOK_AGAIN_AFTER_MS, [
    { type: 'blocker:signalled', migration, step, pid, outcome: sent ? 'sent' : 'gone' },
  ]);
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
    return observe(context, { ...workOf(state), signals }, LOOK_AGAIN_AFTER_MS, [
      { type: 'blocker:signalled', migration, step, pid, outcome: 'refused' },
    ]);
  };
  return classifyFailure(failure) === 'fault' ? again() : afterFailure(context, workOf(state), failure, again);
}
