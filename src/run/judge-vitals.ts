import type { Alarm, VitalSign } from '../model/alarm.ts';
import type { RunLimits } from './limits.ts';
import type { Vitals } from './read-vitals.ts';

export type VitalLimits = RunLimits['vitals'];

/** Readings of one run, the first from before anything was changed. */
export interface VitalHistory {
  readonly before: Vitals;
  /** Of the last minute, the latest last. */
  readonly recent: readonly Vitals[];
  /** How often in a row each sign was over its limit, and whether it is held to be bad. */
  readonly signs: Readonly<Partial<Record<VitalSign, { readonly inRow: number; readonly raised: boolean }>>>;
}

const WINDOW_MS = 60_000;

/** Once raised, a sign has to fall to this part of its limit to be good again. */
const CALM_PART = 0.5;

export function startHistory(before: Vitals): VitalHistory {
  return { before, recent: [before], signs: {} };
}

/**
 * Takes one more reading in. A sign is raised once it was over its limit several times in a row, and lowered once it was
 * under half of it as often, so that neither one bad moment nor one good one decides.
 */
export function withReading(history: VitalHistory, now: Vitals, limits: VitalLimits): VitalHistory {
  const recent = [...history.recent.filter(({ at }) => now.at - at <= WINDOW_MS), now];
  const signs: { [Sign in VitalSign]?: { inRow: number; raised: boolean } } = {};
  for (const { sign, value, limit } of measures({ ...history, recent }, limits)) {
    const { inRow, raised } = history.signs[sign] ?? { inRow: 0, raised: false };
    const differs = raised ? value <= limit * CALM_PART : value > limit;
    const count = differs ? inRow + 1 : 0;
    signs[sign] = count >= limits.inRow ? { inRow: 0, raised: !raised } : { inRow: count, raised };
  }
  return { before: history.before, recent, signs };
}

/** The first sign that is held to be bad, or null. */
export function alarmOf(history: VitalHistory, limits: VitalLimits): Alarm | null {
  return measures(history, limits).find(({ sign }) => history.signs[sign]?.raised === true) ?? null;
}

/** Every sign that can be seen, with what it is and may be. What was bad before the run is no fault of the run. */
function measures({ before, recent }: VitalHistory, limits: VitalLimits): readonly Alarm[] {
  const now = recent.at(-1);
  if (now === undefined) return [];
  const found: Alarm[] = [];
  if (now.lagMs !== null) {
    found.push({ sign: 'replication-lag', value: now.lagMs, limit: atLeast(limits.lagMs, before.lagMs) });
  }
  if (now.lagBytes !== null) {
    found.push({ sign: 'replication-distance', value: now.lagBytes, limit: atLeast(limits.lagBytes, before.lagBytes) });
  }
  const first = recent[0] ?? now;
  const deadlocks = Math.max(0, now.deadlocks - first.deadlocks);
  found.push({ sign: 'deadlocks', value: deadlocks, limit: limits.deadlocksPerMinute });
  found.push({
    sign: 'rollbacks',
    value: rollbackShare(first, now, limits.fewestTransactions) ?? 0,
    limit: Math.min(0.95, (shareOfAll(before) ?? 0) + limits.rollbackShareMore),
  });
  return found;
}

function atLeast(limit: number, before: number | null): number {
  return Math.max(limit, 2 * (before ?? 0));
}

/** The share of transactions between two readings that were rolled back; null when there were too few to say. */
export function rollbackShare(first: Vitals, last: Vitals, fewest: number): number | null {
  const rollbacks = last.rollbacks - first.rollbacks;
  const all = rollbacks + last.commits - first.commits;
  return all < Math.max(1, fewest) || rollbacks < 0 ? null : rollbacks / all;
}

/** Since the counters were last reset; null when nothing has happened since. */
export function shareOfAll({ commits, rollbacks }: Vitals): number | null {
  const all = commits + rollbacks;
  return all <= 0 ? null : rollbacks / all;
}
