import type { BlockerPolicy } from '../model/blocker-policy.ts';
import type { Blocker } from '../model/run-event.ts';

/** A cancelled statement gets this long to end before the session is; twice as long as a client needs to roll back. */
export const CANCEL_GRACE_MS = 2_000;

/** A signal that was sent to a session in the way. */
export interface SentSignal {
  readonly pid: number;
  /** A pid alone may be somebody else's by now. */
  readonly backendStart: string;
  readonly action: 'cancel' | 'terminate';
  /** The loop's clock, ms. */
  readonly at: number;
  /** The role may not do that: it is not tried again. */
  readonly refused: boolean;
}

export interface DueEnding {
  readonly blocker: Blocker & { readonly pid: number; readonly backendStart: string };
  readonly action: BlockerPolicy['action'];
  readonly policy: BlockerPolicy;
}

/**
 * Whom a policy wants ended now, or null. The first policy that fits a session decides about it; one that was cancelled
 * gets its grace.
 */
export function dueEnding(
  blockers: readonly Blocker[],
  policies: readonly BlockerPolicy[],
  sent: readonly SentSignal[],
  at: number,
): DueEnding | null {
  for (const blocker of blockers) {
    const policy = policies.find((one) => fits(one, blocker));
    const { pid, backendStart, ageMs } = blocker;
    if (policy === undefined || pid === null || backendStart === null) continue;
    if (ageMs === null || ageMs <= policy.afterMs) continue;
    const action = nextAction(
      policy,
      sent.filter((one) => one.pid === pid && one.backendStart === backendStart),
      at,
    );
    if (action !== null) return { blocker: { ...blocker, pid, backendStart }, action, policy };
  }
  return null;
}

function nextAction(
  { action, class: kind }: BlockerPolicy,
  sent: readonly SentSignal[],
  at: number,
): BlockerPolicy['action'] | null {
  if (action === 'ask') return 'ask';
  const last = sent.at(-1);
  // Between two statements there is nothing to cancel.
  const isIdle = kind === 'idle-in-transaction' || kind === 'open-cursor';
  if (last === undefined) return action === 'terminate' && isIdle ? 'terminate' : 'cancel';
  if (last.refused || at - last.at < CANCEL_GRACE_MS) return null;
  return action === 'terminate' && last.action === 'cancel' ? 'terminate' : null;
}

function fits(policy: BlockerPolicy, blocker: Blocker): boolean {
  return (
    policy.class === blocker.class &&
    matches(policy.role, blocker.user) &&
    matches(policy.applicationName, blocker.applicationName) &&
    (policy.query === undefined || (blocker.query !== null && new RegExp(policy.query, 'i').test(blocker.query)))
  );
}

/** What cannot be seen matches no pattern. */
function matches(pattern: string | undefined, text: string | null): boolean {
  if (pattern === undefined) return true;
  if (text === null) return false;
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}
