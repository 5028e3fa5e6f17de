import { compareLockModes } from '../model/lock-mode.ts';
import type { Blocker } from '../model/run-event.ts';
import { classifyBlocker } from './classify-blocker.ts';
import type { Holder } from './observe-holders.ts';
import { redactQuery } from './redact-query.ts';

/** When a transaction whose age the role may not see was first seen, by its id; our clock, ms. */
export type Sightings = ReadonlyMap<string, number>;

export interface Judgement {
  /** Those that a strike would have to stand behind; none: clear. */
  readonly blockers: readonly Blocker[];
  readonly sightings: Sightings;
  /** Whether an autovacuum is among them that gives way to a waiter. */
  readonly yields: boolean;
  /** How long the transactions of the young ones are open, where that can be seen, ms. */
  readonly agesMs: readonly number[];
}

/**
 * Who among the holders is too old to strike behind. Young ones are gone within the budget.
 *
 * A transaction of unknown age is old until it is proved young: it counts until we have been looking for `oldMs`, and
 * after that as soon as it has itself been seen for that long. A prepared transaction and a vacuum against wraparound
 * never go by themselves. An ordinary autovacuum gives way to a waiter, if the waiter waits long enough
 * (`autovacuumYields`).
 */
export function judgeHolders(
  holders: readonly Holder[],
  seen: { readonly sightings: Sightings; readonly lookingSince: number; readonly at: number },
  rules: { readonly oldMs: number; readonly autovacuumYields: boolean },
): Judgement {
  const { at, lookingSince } = seen;
  const sightings = new Map<string, number>();
  const givesWay = (holder: Holder): boolean =>
    holder.isAutovacuum && rules.autovacuumYields && !holder.isWraparound && !holder.prepared;
  const old = holders.filter((holder) => {
    if (holder.prepared || holder.isWraparound) return true;
    if (givesWay(holder)) return false;
    if (holder.ageMs !== null) return holder.ageMs > rules.oldMs;
    const first = seen.sightings.get(holder.transaction) ?? at;
    sightings.set(holder.transaction, first);
    return at - lookingSince < rules.oldMs || at - first >= rules.oldMs;
  });
  return {
    blockers: strongest(old).map(blockerOf),
    sightings,
    yields: holders.some(givesWay),
    agesMs: agesOf(holders, old),
  };
}

/** One age a transaction; vacuum's say nothing about the application's. */
function agesOf(holders: readonly Holder[], old: readonly Holder[]): readonly number[] {
  const ages = new Map<string, number>();
  for (const holder of holders) {
    if (holder.ageMs !== null && !holder.isAutovacuum && !old.includes(holder)) {
      ages.set(holder.transaction, holder.ageMs);
    }
  }
  return [...ages.values()];
}

/** One entry a transaction and relation, with its strongest mode; the oldest first. */
function strongest(holders: readonly Holder[]): readonly Holder[] {
  const kept = new Map<string, Holder>();
  for (const holder of holders) {
    const key = `${holder.transaction} ${holder.relation}`;
    const other = kept.get(key);
    if (other === undefined || compareLockModes(holder.mode, other.mode) > 0) kept.set(key, holder);
  }
  const age = (holder: Holder): number => holder.ageMs ?? Number.MAX_SAFE_INTEGER;
  return [...kept.values()].sort((a, b) => age(b) - age(a) || (a.pid ?? 0) - (b.pid ?? 0));
}

/** As events tell of it. */
export function blockerOf(holder: Holder): Blocker {
  const { pid, backendStart, relation, mode, user, applicationName, state, isAutovacuum } = holder;
  const ageMs = holder.ageMs === null ? null : Math.round(holder.ageMs);
  const query = redactQuery(holder.query);
  const about = { pid, class: classifyBlocker(holder), backendStart, relation, mode };
  return { ...about, user, applicationName, state, ageMs, isAutovacuum, query };
}
