import type { Calibration } from '../model/calibration.ts';
import type { Catalog, Relation } from '../model/catalog.ts';
import type { RelationLock, StatementFacts } from '../model/facts.ts';
import { groupedNumber } from '../model/grouped-number.ts';
import { blocksReads, blocksWrites } from '../model/lock-mode.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { WorkEstimate } from '../model/work-estimate.ts';
import { aboutCount, aboutTime, bytesText, rowsText } from './about.ts';

/** Sizes, traffic and rates: what turns facts into times. */
export interface SizeContext {
  /** The schema before the statement. */
  readonly catalog: Catalog;
  readonly calibration: Calibration;
  isUsed(relation: RelationKey): boolean;
}

const BYTES_IN_MB = 1024 * 1024;

/**
 * How long a statement would rewrite, read and index tables in use, and how many requests would wait meanwhile. null
 * when it does nothing of the kind, or the size of none of the tables is known.
 *
 * A rewrite writes the file with its TOAST and builds every index; an index build counts by rows; a scan by bytes.
 */
export function estimateWork(facts: StatementFacts, context: SizeContext): WorkEstimate | null {
  const work = workOf(facts, context);
  const known = [...work].filter(([, one]) => one.ms !== null);
  if (known.length === 0) return null;
  const durationMs = known.reduce((sum, [, one]) => sum + (one.ms ?? 0), 0);
  const tables = [...work.keys()]
    .sort()
    .map((relation) => ({ relation, ...sizeOf(context.catalog.relations[relation]) }));
  const locks = facts.locks.filter((lock) => context.isUsed(lock.relation) && blocksWrites(lock.mode));
  const blocks = locks.some((lock) => blocksReads(lock.mode))
    ? 'reads and writes'
    : locks.length > 0
      ? 'writes'
      : 'nobody';
  const waiting = waitingRequests(locks, context.catalog, durationMs);
  const estimate = {
    tables,
    durationMs: Math.round(durationMs),
    isAtLeast: known.length < work.size,
    blocks,
    requests: waiting === null ? null : Math.round(waiting.count),
  } as const;
  const rates = ratesText(new Set([...work.values()].flatMap((one) => one.rates)), context.calibration);
  // Who waits for rows that are locked is not reckoned.
  const free = facts.kind === 'dml' ? '' : ' and nobody waits';
  return { ...estimate, sentence: sentenceOf(estimate, waiting?.isAtLeast ?? false, rates, free) };
}

type Rate = keyof Calibration;

interface TableWork {
  /** null when the size of the table is not known. */
  readonly ms: number | null;
  readonly rates: readonly Rate[];
}

/** What is done to each table in use that has rows of its own. */
function workOf(
  facts: StatementFacts,
  { catalog, calibration, isUsed }: SizeContext,
): ReadonlyMap<RelationKey, TableWork> {
  const work = new Map<RelationKey, TableWork>();
  const hasRows = (key: RelationKey): boolean => {
    const relation = catalog.relations[key];
    return (
      isUsed(key) && relation?.kind !== 'sequence' && !(relation?.kind === 'table' && relation.partitionBy !== null)
    );
  };
  const { rows, bytes } = perUnit(calibration);
  for (const key of facts.rewrites.filter(hasRows)) {
    const relation = catalog.relations[key];
    const size = sizeOf(relation);
    const indexes = relation === undefined || relation.kind === 'sequence' ? 0 : relation.indexes.length;
    const copied = bytes(size.bytes, calibration.rewriteMbPerSecond);
    const indexed = indexes === 0 ? 0 : rows(size.rows, indexes);
    work.set(key, {
      ms: copied === null || indexed === null ? null : copied + indexed,
      rates: indexes === 0 ? ['rewriteMbPerSecond'] : ['rewriteMbPerSecond', 'indexRowsPerSecond'],
    });
  }
  const builds = indexBuilds(facts, catalog);
  for (const [key, count] of builds) {
    if (!hasRows(key) || work.has(key)) continue;
    work.set(key, { ms: rows(sizeOf(catalog.relations[key]).rows, count), rates: ['indexRowsPerSecond'] });
  }
  for (const key of facts.scans.filter(hasRows)) {
    if (work.has(key)) continue;
    const ms = bytes(sizeOf(catalog.relations[key]).bytes, calibration.scanMbPerSecond);
    work.set(key, { ms, rates: ['scanMbPerSecond'] });
  }
  return work;
}

/** Times in ms for amounts, null for an amount that nobody knows. */
function perUnit(calibration: Calibration): {
  readonly rows: (rows: number | null, times: number) => number | null;
  readonly bytes: (bytes: number | null, mbPerSecond: number) => number | null;
} {
  return {
    rows: (rows, times) => (rows === null ? null : (rows * times * 1000) / calibration.indexRowsPerSecond),
    bytes: (bytes, mbPerSecond) => (bytes === null ? null : (bytes * 1000) / (mbPerSecond * BYTES_IN_MB)),
  };
}

/** How many indexes are built on each table. A new index is not in the catalog: its table is one of those that are read. */
function indexBuilds(facts: StatementFacts, catalog: Catalog): ReadonlyMap<RelationKey, number> {
  const builds = new Map<RelationKey, number>();
  let isNew = 0;
  for (const index of facts.indexBuilds) {
    const place = placeOfIndex(catalog, index);
    if (place === null) isNew += 1;
    else builds.set(place, (builds.get(place) ?? 0) + 1);
  }
  const read = facts.scans.filter((key) => !builds.has(key));
  for (const key of isNew === 0 ? [] : read) builds.set(key, Math.ceil(isNew / read.length));
  return builds;
}

function placeOfIndex(catalog: Catalog, index: RelationKey): RelationKey | null {
  for (const [key, relation] of Object.entries(catalog.relations)) {
    if (relation.kind === 'sequence') continue;
    const { schema } = relation.name;
    if (relation.indexes.some(({ name }) => relationKey({ schema, name }) === index)) return key;
  }
  return null;
}

/** Size with TOAST. */
function sizeOf(relation: Relation | undefined): { readonly rows: number | null; readonly bytes: number | null } {
  if (relation === undefined || relation.kind === 'sequence') return { rows: null, bytes: null };
  const { rowsEstimate, bytes, toastBytes } = relation;
  return { rows: rowsEstimate, bytes: bytes === null ? null : bytes + (toastBytes ?? 0) };
}

/** Readers of a table that is closed, and everybody who writes to it; updates look their rows up, so they are scans. */
function waitingRequests(
  locks: readonly RelationLock[],
  catalog: Catalog,
  durationMs: number,
): { readonly count: number; readonly isAtLeast: boolean } | null {
  let perSecond = 0;
  let isAtLeast = false;
  let isKnown = false;
  for (const { relation, mode } of locks) {
    const found = catalog.relations[relation];
    if (found === undefined || found.kind === 'sequence' || found.traffic === undefined) continue;
    const { scans, inserts, changes, atLeast } = found.traffic;
    perSecond += inserts + (blocksReads(mode) ? Math.max(scans, changes) : changes);
    isAtLeast ||= atLeast === true;
    isKnown = true;
  }
  return isKnown ? { count: (perSecond * durationMs) / 1000, isAtLeast } : null;
}

function sentenceOf(
  estimate: Omit<WorkEstimate, 'sentence'>,
  requestsAtLeast: boolean,
  rates: string,
  free: string,
): string {
  const tables = estimate.tables.map(({ relation, rows, bytes }) => {
    if (rows === null && bytes === null) return `${relation} is of unknown size`;
    const parts = [...(bytes === null ? [] : [bytesText(bytes)]), ...(rows === null ? [] : [rowsText(rows)])];
    return `${relation} is ${parts.join(', ')}`;
  });
  const shown = tables.length > 3 ? [...tables.slice(0, 2), `${tables.length - 2} more tables are in it`] : tables;
  const time = `${estimate.isAtLeast ? 'at least ' : ''}${aboutTime(estimate.durationMs)}`;
  const held = estimate.blocks === 'nobody' ? free : ` with ${estimate.blocks} blocked`;
  return `${shown.join('; ')}: ${time}${held}${requestsText(estimate, requestsAtLeast)} (${rates}).`;
}

function requestsText({ blocks, requests }: Omit<WorkEstimate, 'sentence'>, isAtLeast: boolean): string {
  if (requests === null || blocks === 'nobody') return '';
  const least = isAtLeast ? 'at least ' : '';
  if (requests < 1) return isAtLeast ? '' : ', and hardly a request would queue';
  return `, ${least}about ${aboutCount(requests)} request${requests === 1 ? '' : 's'} would queue`;
}

function ratesText(used: ReadonlySet<Rate>, calibration: Calibration): string {
  const texts: Readonly<Record<Rate, string>> = {
    scanMbPerSecond: `${calibration.scanMbPerSecond} MB/s read`,
    rewriteMbPerSecond: `${calibration.rewriteMbPerSecond} MB/s rewritten`,
    indexRowsPerSecond: `${groupedNumber(calibration.indexRowsPerSecond)} rows/s indexed`,
  };
  const rates: readonly Rate[] = ['scanMbPerSecond', 'rewriteMbPerSecond', 'indexRowsPerSecond'];
  return `reckoned with ${rates
    .filter((rate) => used.has(rate))
    .map((rate) => texts[rate])
    .join(', ')}`;
}
