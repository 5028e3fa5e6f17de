import type { Action } from '../../model/action.ts';
import { resolveName } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** How many statements back a DROP COLUMN is looked for: a generated file may have a hundred thousand. */
const FARTHEST = 500;

/** DROP COLUMN and ADD COLUMN of one name: written where a change of type was meant. */
export const dropThenAddColumn: Rule = {
  id: 'drop-then-add-column',
  severity: 'error',
  about: ['alter-table'],
  commands: ['add-column'],
  summary: 'A column is dropped and added again under its name: every value in it is lost.',
  remedy: 'Change the type of the column instead, by a new column that is filled from the old one in small batches.',
  check(input) {
    const key = tableOfAction(input, input.action);
    if (key === null || !input.isUsed(key) || input.facts.failure !== null) return null;
    const columns = added(input.action);
    if (columns.length === 0) return null;
    const dropped = new Set(columnsGone(input, key));
    const again = columns.find((column) => dropped.has(column));
    if (again === undefined) return null;
    return {
      title: `Adds ${key}.${again} again after the same file has dropped it.`,
      consequence:
        'The new column is empty: what the old one held is gone for good. Tools write this for a change of type.',
      relations: [key],
      remedy:
        'Change the type of the column instead, by a new column that is filled from the old one in small batches.',
    };
  },
};

function tableOfAction({ catalog }: RuleInput, action: Action): RelationKey | null {
  return action.kind === 'alter-table' && action.object === 'table'
    ? relationKey(resolveName(catalog, action.name))
    : null;
}

function added(action: Action): readonly string[] {
  if (action.kind !== 'alter-table') return [];
  return action.commands.flatMap((one) => (one.kind === 'add-column' ? [one.column.name] : []));
}

/** Columns of the table that this statement drops, or an earlier one of the file. */
function columnsGone(input: RuleInput, key: RelationKey): readonly string[] {
  const earlier = input.history.file
    .slice(-FARTHEST)
    .map(({ action }) => action)
    // A look at the catalog for those alone that drop something at all.
    .filter((one) => columnsDropped(one).length > 0 && tableOfAction(input, one) === key);
  return [...earlier, input.action].flatMap(columnsDropped);
}

function columnsDropped(action: Action): readonly string[] {
  if (action.kind !== 'alter-table') return [];
  return action.commands.flatMap((one) => (one.kind === 'drop-column' ? [one.column] : []));
}
