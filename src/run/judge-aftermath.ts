import type { Weather } from '../model/aftermath.ts';
import { DEFAULT_LIMITS } from './limits.ts';

/** More waiting sessions than this beyond those of before are no chance. */
const MORE_WAITING = 3;
const ROLLBACK_SHARE_MORE = 0.1;
/** Whatever was slowest before: a query of less than this troubles nobody. */
const SLOW_MS = 1_000;
const TIMES_SLOWER = 2;

/** What is worse after a run than before, a sentence each. */
export function concernsOf(before: Weather, after: Weather): readonly string[] {
  const concerns: string[] = [];
  if ((after.deadlocks ?? 0) > 0) concerns.push(`There were ${after.deadlocks} deadlocks.`);
  const share = after.rollbackShare;
  if (share !== null && share > (before.rollbackShare ?? 0) + ROLLBACK_SHARE_MORE) {
    concerns.push(
      `${percent(share)} of all transactions were rolled back, ${percent(before.rollbackShare ?? 0)} before.`,
    );
  }
  if (after.waitingForLocks > before.waitingForLocks + MORE_WAITING) {
    concerns.push(`${after.waitingForLocks} sessions waited for locks, ${before.waitingForLocks} before.`);
  }
  const slowest = after.slowestQueryMs ?? 0;
  if (slowest > Math.max(SLOW_MS, TIMES_SLOWER * (before.slowestQueryMs ?? 0))) {
    concerns.push(
      `A query ran for ${seconds(slowest)}; the slowest before had run for ${seconds(before.slowestQueryMs ?? 0)}.`,
    );
  }
  const { lagMs, lagBytes } = DEFAULT_LIMITS.vitals;
  const isBehind = (now: number | null, then: number | null, limit: number): boolean =>
    now !== null && now > Math.max(limit, 2 * (then ?? 0));
  if (isBehind(after.lagMs, before.lagMs, lagMs) || isBehind(after.lagBytes, before.lagBytes, lagBytes)) {
    concerns.push(`A standby is ${seconds(after.lagMs ?? 0)} and ${after.lagBytes ?? 0} bytes behind.`);
  }
  return concerns;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
