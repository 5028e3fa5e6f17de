import { findRelation, resolveName } from '../../model/catalog-lookup.ts';
import { type ColumnMention, knownColumns, type QueryColumns } from '../../model/query-columns.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, isSystemColumn } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';
import { refuseUnknownFunctions } from './refuse-unknown.ts';

/**
 * A query that names a column which none of its relations has, or calls what nobody has defined.
 *
 * @param touched every relation that the statement reads or writes.
 */
export function refuseQuery(
  context: FactsContext,
  query: QueryColumns | undefined,
  touched: readonly RelationReference[],
): void {
  if (query === undefined) return;
  for (const mention of query.mentions) refuseMention(context, mention, touched);
  refuseUnknownFunctions(context, query);
}

function refuseMention(
  context: FactsContext,
  { relation, column }: ColumnMention,
  touched: readonly RelationReference[],
): void {
  if (isSystemColumn(column)) return;
  const places = relation === null ? touched : [relation];
  if (places.length === 0) return;
  for (const place of places) {
    const columns = knownColumns(findRelation(context.catalog, place));
    if (columns === null || columns.some((one) => one.name === column)) return;
  }
  const owner = relation === null ? 'what the query reads' : relationKey(resolveName(context.catalog, relation));
  addFailure(context.draft, '42703', `there is no column ${column} in ${owner}`);
}
