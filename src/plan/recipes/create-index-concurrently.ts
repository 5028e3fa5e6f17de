import type { CreateIndex } from '../../model/action.ts';
import { findIndex, findRelation } from '../../model/catalog-lookup.ts';
import { chooseIndexName } from '../../model/object-name.ts';
import { relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { type IndexShape, indexIsValid, indexIsValidAs } from '../post-condition.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import type { ConcurrentIndexDraft } from '../step-draft.ts';

/** CREATE [UNIQUE] INDEX on a table people use: built CONCURRENTLY, with a name of its own, and checked afterwards. */
export const createIndexConcurrently: Recipe = {
  name: 'create-index-concurrently',
  rung: 'concurrently',
  summary: 'Build it CONCURRENTLY, outside a transaction, and check afterwards that it is valid.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'create-index') return null;
    const relation = findRelation(input.catalog, action.table);
    if (relation === null || relation.kind === 'sequence' || relation.kind === 'view') return null;
    if (relation.kind === 'table' && relation.partitionBy !== null) return null;
    const table = relationKey(relation.name);
    if (input.isFresh(table) && !action.concurrently) return null;
    if (action.ifNotExists && isIndexNameTaken(input, relation.name.schema, action.name)) return [];
    const name = action.name ?? chooseIndexName(input.catalog, relation.name, action.keys, action.include);
    return [
      concurrentIndex({
        table,
        schema: relation.name.schema,
        name,
        unique: action.unique,
        definitionSql: action.definitionSql,
        shape: shapeOf(action),
        why: 'A plain CREATE INDEX keeps writers waiting for the whole build; CONCURRENTLY reads the table twice and nobody waits.',
      }),
    ];
  },
};

/** Whatever bears the name, the server leaves it as it is; an invalid index of that name is built anew all the same. */
export function isIndexNameTaken({ catalog }: RecipeInput, schema: string, name: string | null): boolean {
  if (name === null) return false;
  const place = findIndex(catalog, { schema, name });
  return place === null ? findRelation(catalog, { schema, name }) !== null : place.index.valid;
}

export interface ConcurrentIndexWish {
  readonly table: string;
  readonly schema: string;
  readonly name: string;
  readonly unique: boolean;
  readonly definitionSql: string;
  /** Missing: any valid index of the name counts. */
  readonly shape?: IndexShape;
  readonly why: string;
}

/** What an index that the statement makes looks like in the catalog. */
export function shapeOf({ unique, predicate, keys, include }: CreateIndex): IndexShape {
  return { unique, hasPredicate: predicate !== null, columns: [...keys.map(({ column }) => column), ...include] };
}

/** The step that builds one index CONCURRENTLY. */
export function concurrentIndex(wish: ConcurrentIndexWish): ConcurrentIndexDraft {
  const index = relationKey({ schema: wish.schema, name: wish.name });
  return {
    kind: 'concurrent-index',
    name: `index-${wish.name}`,
    phase: 'expand',
    why: wish.why,
    verb: 'create',
    sql: `CREATE ${wish.unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${quoteIdentifier(wish.name)} ON ${wish.table} ${wish.definitionSql}`,
    table: wish.table,
    index,
    undo: [`DROP INDEX CONCURRENTLY IF EXISTS ${index}`],
    postCondition: wish.shape === undefined ? indexIsValid(index) : indexIsValidAs(index, wish.shape),
  };
}
