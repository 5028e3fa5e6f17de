import type { Action } from '../../model/action.ts';
import { findTable } from '../../model/catalog-lookup.ts';
import { hasLeadingIndex, leadsWith } from '../../model/leading-index.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type NewForeignKey, newForeignKeys } from '../foreign-key-definitions.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** A foreign key whose columns lead no index: every DELETE on the other side reads the whole table. */
export const fkMissingIndex: Rule = {
  id: 'fk-missing-index',
  severity: 'info',
  about: ['alter-table'],
  commands: ['add-column', 'add-constraint'],
  ownRemedy: true,
  summary: 'No index begins with the columns of a new foreign key.',
  remedy: 'Build an index on its columns CONCURRENTLY before the foreign key is added.',
  check(input) {
    if (input.facts.failure !== null || input.action.kind === 'create-table') return null;
    const open = newForeignKeys(input).find((one) => isOpen(one, input));
    if (open === undefined) return null;
    const { constraint, key, referenced } = open;
    return {
      title: `No index of ${key} begins with ${constraint.columns.join(', ')}, which now refers to ${referenced}.`,
      consequence: `Every DELETE in ${referenced}, and every UPDATE of its key, looks for rows that refer to it, and reads all of ${key} for each.`,
      relations: [key],
    };
  },
};

function isOpen({ constraint, key, table }: NewForeignKey, input: RuleInput): boolean {
  if (table === null || !input.isUsed(key) || hasLeadingIndex(table, constraint.columns)) return false;
  for (const action of input.laterOn(key, 'create-index'))
    if (isIndexFor(action, input, key, constraint.columns)) return false;
  return true;
}

/** A later statement builds the index. */
function isIndexFor(action: Action, { catalog }: RuleInput, key: string, columns: readonly string[]): boolean {
  if (action.kind !== 'create-index' || action.predicate !== null || !leadsWith(action, columns)) return false;
  const table = findTable(catalog, action.table);
  return table !== null && relationKey(table.name) === key;
}
