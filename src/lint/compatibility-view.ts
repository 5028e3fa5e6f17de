import { nameForCreation } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import { laterInTransaction } from './later-in-transaction.ts';
import type { RuleInput } from './rule.ts';

/** Whether the transaction still makes a view of that name, so that nobody ever misses the relation that bore it. */
export function getsCompatibilityView(input: RuleInput, name: RelationKey): boolean {
  for (const action of laterInTransaction(input)) {
    if (action.kind !== 'create-view') continue;
    if (relationKey(nameForCreation(input.catalog, action.name)) === name) return true;
  }
  return false;
}
