import type { Relation } from '../model/catalog.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { Severity } from '../model/finding.ts';
import { blocksWrites } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { bytesText, rowsText } from './about.ts';
import type { SizeContext } from './estimate-work.ts';

/** Below all of these a table is small: work on it is over before anybody is held up for long. */
export const SMALL_TABLE: { readonly rows: number; readonly bytes: number; readonly callsPerSecond: number } = {
  rows: 10_000,
  bytes: 10 * 1024 * 1024,
  callsPerSecond: 10,
};

const LOWER: Readonly<Record<Severity, Severity>> = { error: 'warning', warning: 'info', info: 'info' };

/**
 * One notch less grave, with the reason, when every table that a statement works on or closes is known to be small and
 * little used; null when one of them is not, or nobody measured it.
 */
export function lowered(
  severity: Severity,
  facts: StatementFacts,
  context: SizeContext,
): { readonly severity: Severity; readonly reason: string } | null {
  if (facts.certainty === 'unknown' || severity === 'info') return null;
  const closed = facts.locks.filter((lock) => blocksWrites(lock.mode)).map((lock) => lock.relation);
  const touched = [...new Set([...facts.rewrites, ...facts.scans, ...closed])].filter(context.isUsed).sort();
  const sizes = touched.map((key) => smallness(key, context.catalog.relations[key]));
  if (sizes.length === 0 || sizes.some((size) => size === null)) return null;
  return { severity: LOWER[severity], reason: `One notch lower, as ${sizes.join(' and ')}.` };
}

/** What makes a table small, in words; null when it is not, or when nobody knows. */
function smallness(key: RelationKey, relation: Relation | undefined): string | null {
  if (relation === undefined || relation.kind === 'sequence') return null;
  const { rowsEstimate, bytes, toastBytes, traffic } = relation;
  if (rowsEstimate === null || bytes === null || traffic === undefined || traffic.atLeast === true) return null;
  const size = bytes + (toastBytes ?? 0);
  const calls = Math.max(traffic.scans, traffic.changes) + traffic.inserts;
  const isSmall = rowsEstimate <= SMALL_TABLE.rows && size <= SMALL_TABLE.bytes && calls <= SMALL_TABLE.callsPerSecond;
  if (!isSmall) return null;
  return `${key} is small (${rowsText(rowsEstimate)}, ${bytesText(size)}) and has ${callsText(calls)}`;
}

function callsText(calls: number): string {
  return calls < 1 ? 'less than one call a second' : `about ${Math.round(calls)} calls a second`;
}
