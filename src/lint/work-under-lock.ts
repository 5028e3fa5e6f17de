import { blocksWrites } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { askedOnce } from './asked-once.ts';
import { type RuleInput, usedLocks } from './rule.ts';
import { sentence, whoWaits } from './who-waits.ts';

/** Work on tables in use that lasts the longer the bigger they are, while others are kept out. */
export interface WorkUnderLock {
  /** What a rule about it names as its relations, so that the general rule is silent about them. */
  readonly relations: readonly RelationKey[];
  /** Who waits, and until when. */
  readonly consequence: string;
}

/** Tables in use that are written anew under a lock that keeps writers out; null when there are none. */
export const rewrittenUnderLock: (input: RuleInput) => WorkUnderLock | null = askedOnce((input) => {
  const relations = input.facts.rewrites.filter((relation) => input.isUsed(relation));
  const locks = usedLocks(input).filter((lock) => blocksWrites(lock.mode));
  if (relations.length === 0 || locks.length === 0) return null;
  const consequence = `${sentence(whoWaits(locks))} until the last row and index is written; later queries queue up behind.`;
  return { relations, consequence };
});

/** Tables in use that are read in full under a lock that keeps others out; index builds are a matter of their own. */
export const scannedUnderLock: (input: RuleInput) => WorkUnderLock | null = askedOnce((input) => {
  const { facts } = input;
  const relations = facts.scans.filter((relation) => input.isUsed(relation));
  // The query of a materialized view is a part of building it anew, and nobody but a refresh writes to it.
  if (facts.kind === 'refresh-materialized-view') return null;
  const locks = usedLocks(input).filter((lock) => blocksWrites(lock.mode));
  if (relations.length === 0 || locks.length === 0 || facts.indexBuilds.length > 0) return null;
  const consequence = `${sentence(whoWaits(locks))} until the last row is read; later queries queue up behind.`;
  return { relations, consequence };
});

/** Indexes built on tables in use under a lock that keeps writers out; a rewrite builds its indexes anyway. */
export const indexesBuiltUnderLock: (input: RuleInput) => WorkUnderLock | null = askedOnce((input) => {
  const { facts } = input;
  const locks = usedLocks(input).filter((lock) => blocksWrites(lock.mode));
  const isRewrite = facts.rewrites.some((relation) => input.isUsed(relation));
  // CONCURRENTLY lists the partitions of a table under SHARE for a moment, and builds without it.
  const isConcurrent = input.action.kind === 'reindex' && input.action.concurrently;
  if (facts.indexBuilds.length === 0 || locks.length === 0 || isRewrite || isConcurrent) return null;
  const consequence = `${sentence(whoWaits(locks))} until the index is complete; later queries queue up behind.`;
  return { relations: locks.map((lock) => lock.relation), consequence };
});
