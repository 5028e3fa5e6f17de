import { blocksReads } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { type RuleInput, usedLocks } from './rule.ts';

/** Tables and views in use that the statement locks against everybody; the sequences of a table count with it. */
export function closedTables(input: RuleInput): readonly RelationKey[] {
  return usedLocks(input)
    .filter(({ relation, mode }) => blocksReads(mode) && input.catalog.relations[relation]?.kind !== 'sequence')
    .map((lock) => lock.relation);
}
