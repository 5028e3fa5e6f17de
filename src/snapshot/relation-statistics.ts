import type { Traffic } from '../model/catalog.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { RelationStatistics } from '../model/snapshot.ts';
import type { CountingSince, RelationCounts } from './read-relation-counts.ts';

/** Two looks at the counters, or one. */
export interface Readings {
  readonly counts: readonly RelationCounts[];
  /** An earlier look, and how long ago it was. */
  readonly before: { readonly counts: readonly RelationCounts[]; readonly seconds: number } | null;
  readonly since: CountingSince;
  readonly indexes: ReadonlyMap<RelationKey, RelationStatistics['indexes']>;
}

/** What the counters say of each relation: sizes, and rates on average and over the time between the two looks. */
export function relationStatistics(readings: Readings): Readonly<Record<RelationKey, RelationStatistics>> {
  const { counts, before, since, indexes } = readings;
  const isCounting = since.whyNot === null;
  const earlier = new Map(before?.counts.map((one) => [one.key, one.counters]));
  const entries = counts.map((one): [RelationKey, RelationStatistics] => {
    const { key, rows, bytes, toastBytes, liveRows, deadRows, counters } = one;
    const sampledFrom = earlier.get(key);
    const isSampled = isCounting && before !== null && sampledFrom !== undefined;
    return [
      key,
      {
        rows,
        liveRows: isCounting ? liveRows : null,
        deadRows: isCounting ? deadRows : null,
        bytes,
        toastBytes,
        indexes: indexes.get(key) ?? {},
        total: isCounting ? counters : null,
        average: isCounting ? ratesOf(NOTHING_COUNTED, counters, since.seconds) : null,
        sampled: isSampled ? ratesOf(sampledFrom, counters, before.seconds) : null,
      },
    ];
  });
  return Object.fromEntries(entries);
}

const NOTHING_COUNTED: Traffic = { scans: 0, inserts: 0, changes: 0 };

/** Counters a second, to three digits; null when there is no time to divide by, or the counters went back. */
function ratesOf(before: Traffic, after: Traffic, seconds: number | null): Traffic | null {
  if (seconds === null || seconds <= 0) return null;
  const rates = {
    scans: (after.scans - before.scans) / seconds,
    inserts: (after.inserts - before.inserts) / seconds,
    changes: (after.changes - before.changes) / seconds,
  };
  if (Object.values(rates).some((rate) => rate < 0)) return null;
  return { scans: threeDigits(rates.scans), inserts: threeDigits(rates.inserts), changes: threeDigits(rates.changes) };
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}
