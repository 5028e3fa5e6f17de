import type { CreateIndex } from '../../model/action.ts';
import type { Index } from '../../model/catalog.ts';
import { findIndex, findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { Rule, RuleInput } from '../rule.ts';

/** An index that another one already serves as well. */
export const duplicateIndex: Rule = {
  id: 'duplicate-index',
  severity: 'info',
  about: ['create-index'],
  ownRemedy: true,
  summary: 'An index of the table begins with the same columns already.',
  remedy: 'Leave it out, or drop the other one afterwards with DROP INDEX CONCURRENTLY.',
  check(input) {
    const { action, catalog, facts, isUsed } = input;
    if (action.kind !== 'create-index' || facts.indexBuilds.length === 0 || facts.failure !== null) return null;
    const table = findTable(catalog, action.table);
    if (table === null || !isUsed(relationKey(table.name))) return null;
    const other = table.indexes.find((one) => serves(one, action) && !isDroppedLater(one, input));
    if (other === undefined) return null;
    const key = relationKey(table.name);
    return {
      title: `${other.name} of ${key} begins with the same columns: ${other.keys.map((one) => one.column).join(', ')}.`,
      consequence: 'Every write maintains both, and queries gain next to nothing by the second.',
      relations: [key],
    };
  },
};

/** Whether an index finds whatever the new one would: plain columns in the same order, over all rows. */
function serves(index: Index, action: CreateIndex): boolean {
  const isWhole = index.valid && index.predicate === null && action.predicate === null;
  // A unique index says more than a plain one, and an index with more columns is not as unique.
  if (!isWhole || index.method !== action.method || action.unique || action.include.length > 0) return false;
  if (index.definitionSql === action.definitionSql) return true;
  return (
    isPlain(index) &&
    isPlain(action) &&
    action.keys.every((one, position) => one.column === index.keys[position]?.column)
  );
}

/** Columns and nothing else: no order, collation or operator class of its own. */
function isPlain({ method, keys, definitionSql }: Pick<Index, 'method' | 'keys' | 'definitionSql'>): boolean {
  const columns = keys.map((one) => one.column);
  return !columns.includes(null) && definitionSql.replaceAll('"', '') === `USING ${method} (${columns.join(', ')})`;
}

/** The new one takes its place. */
function isDroppedLater(index: Index, { catalog, later }: RuleInput): boolean {
  for (const action of later('drop')) {
    if (action.kind !== 'drop' || action.object !== 'index') continue;
    if (action.names.some((name) => findIndex(catalog, name)?.index === index)) return true;
  }
  return false;
}
