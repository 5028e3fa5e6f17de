import type { CreateIndex } from '../../model/action.ts';
import type { Table } from '../../model/catalog.ts';
import { childrenOf, findRelation } from '../../model/catalog-lookup.ts';
import { chooseIndexName } from '../../model/object-name.ts';
import { relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { indexIsAttached, indexIsValid, relationExists } from '../post-condition.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import type { StepDraft, TransactionDraft } from '../step-draft.ts';
import { concurrentIndex, isIndexNameTaken, shapeOf } from './create-index-concurrently.ts';

/**
 * An index on a partitioned table: CONCURRENTLY is refused there (0A000), so the parent gets its index ON ONLY, each
 * partition builds its own CONCURRENTLY, and attaching the last one makes the parent's valid.
 */
export const createIndexPartitioned: Recipe = {
  name: 'create-index-partitioned',
  rung: 'concurrently',
  summary: 'Create it ON ONLY the parent, build it CONCURRENTLY on each partition, and attach the parts.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'create-index' || action.only) return null;
    const table = findRelation(input.catalog, action.table);
    if (table?.kind !== 'table' || table.partitionBy === null) return null;
    if (input.isFresh(relationKey(table.name))) return null;
    if (action.ifNotExists && isIndexNameTaken(input, table.name.schema, action.name)) return [];
    const name = action.name ?? chooseIndexName(input.catalog, table.name, action.keys, action.include);
    return indexTree(input, table, name, action, null);
  },
};

function indexTree(
  input: RecipeInput,
  table: Table,
  name: string,
  action: CreateIndex,
  parentIndex: string | null,
): readonly StepDraft[] {
  const index = relationKey({ schema: table.name.schema, name });
  const attach = parentIndex === null ? [] : [attachIndex(parentIndex, index)];
  if (table.partitionBy === null) {
    const build = concurrentIndex({
      table: relationKey(table.name),
      schema: table.name.schema,
      name,
      unique: action.unique,
      definitionSql: action.definitionSql,
      shape: shapeOf(action),
      why: `Builds the part of the index that belongs to ${table.name.name}; nobody waits.`,
    });
    return [build, ...attach];
  }
  const parts = childrenOf(input.catalog, relationKey(table.name)).flatMap((child) =>
    indexTree(input, child, chooseIndexName(input.catalog, child.name, action.keys, action.include), action, index),
  );
  return [onlyParent(table, name, action), ...parts, ...attach, ...(parentIndex === null ? [wholeIsValid(index)] : [])];
}

function onlyParent(table: Table, name: string, action: CreateIndex): TransactionDraft {
  const index = relationKey({ schema: table.name.schema, name });
  const unique = action.unique ? 'UNIQUE ' : '';
  return {
    kind: 'transaction',
    name: `index-only-${name}`,
    phase: 'expand',
    why: 'The partitioned table has no rows of its own: its index is only an entry in the catalog, not valid yet.',
    sql: [`CREATE ${unique}INDEX ${quoteIdentifier(name)} ON ONLY ${relationKey(table.name)} ${action.definitionSql}`],
    undo: [`DROP INDEX IF EXISTS ${index}`],
    postCondition: relationExists(index),
  };
}

function attachIndex(parentIndex: string, index: string): TransactionDraft {
  return {
    kind: 'transaction',
    name: `attach-${index.split('.').at(-1) ?? index}`,
    phase: 'migrate',
    why: 'Attaching compares definitions only; readers and writers go on.',
    sql: [`ALTER INDEX ${parentIndex} ATTACH PARTITION ${index}`],
    undo: null,
    postCondition: indexIsAttached(index, parentIndex),
  };
}

function wholeIsValid(index: string): TransactionDraft {
  return {
    kind: 'transaction',
    name: `check-${index.split('.').at(-1) ?? index}`,
    phase: 'migrate',
    why: 'With the last part attached the whole index must be valid.',
    sql: [],
    undo: [],
    postCondition: indexIsValid(index),
  };
}
