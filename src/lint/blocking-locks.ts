import type { RelationLock } from '../model/facts.ts';
import { blocksWrites } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { type RuleInput, usedLocks } from './rule.ts';

/** Locks on relations in use behind which writers, or everybody, wait. */
export function blockingLocks(input: RuleInput): readonly RelationLock[] {
  return usedLocks(input).filter((lock) => blocksWrites(lock.mode));
}

/** The relations in use that such a statement locks or reads in full. */
export function heldUp(input: RuleInput): readonly RelationKey[] {
  const scanned = input.facts.scans.filter((relation) => input.isUsed(relation));
  return [...new Set([...blockingLocks(input).map((lock) => lock.relation), ...scanned])].sort();
}
