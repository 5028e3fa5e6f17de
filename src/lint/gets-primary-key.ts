import { resolveName } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleInput } from './rule.ts';

/** Whether a later statement gives a table a primary key, or another replica identity. */
export function getsPrimaryKeyLater(input: RuleInput, table: RelationKey): boolean {
  for (const action of input.laterOn(table, 'alter-table')) {
    if (action.kind !== 'alter-table' || relationKey(resolveName(input.catalog, action.name)) !== table) continue;
    const gives = action.commands.some(
      (one) =>
        (one.kind === 'add-constraint' && one.constraint.kind === 'primary-key') ||
        (one.kind === 'replica-identity' && (one.identity === 'full' || one.identity === 'index')),
    );
    if (gives) return true;
  }
  return false;
}
