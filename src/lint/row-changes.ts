import type { Table } from '../model/catalog.ts';
import { findRelation, resolveName } from '../model/catalog-lookup.ts';
import type { Dml } from '../model/dml.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import type { RuleInput } from './rule.ts';

/** Rows of tables in use that a statement changes. */
export interface RowChange {
  readonly action: Dml;
  readonly written: readonly RelationKey[];
}

/** What an INSERT, UPDATE, DELETE, MERGE or COPY writes of tables in use; null for every other statement. */
export function rowChange(input: RuleInput): RowChange | null {
  const { action, catalog } = input;
  if (action.kind !== 'dml') return null;
  const written = action.writes.map((name) => relationKey(resolveName(catalog, name))).filter(input.isUsed);
  return written.length === 0 ? null : { action, written };
}

/** Whether a change says by a key, by the place of rows or by a LIMIT how many rows it means. */
export function isBounded(input: RuleInput, action: Dml): boolean {
  if (action.verb === 'select' || action.verb === 'copy') return false;
  if (action.limited === true) return true;
  if (action.verb !== 'update' && action.verb !== 'delete') return false;
  const { filter } = action;
  const [target] = action.writes;
  const relation = target === undefined ? null : findRelation(input.catalog, target);
  if (filter == null || relation?.kind !== 'table') return false;
  return filter.columns.includes('ctid') || leadsIntoKey(relation, filter.columns);
}

/** Whether it touches nothing but whole tables without triggers, so that only the query plan is left to doubt. */
export function isPlain({ catalog }: RuleInput, { reads, writes }: Dml): boolean {
  return [...reads, ...writes].every((name) => {
    const relation = findRelation(catalog, name);
    if (relation?.kind !== 'table' || relation.notSeen !== undefined) return false;
    return relation.triggers.length === 0 && relation.partitionBy === null;
  });
}

/** A unique index begins with one of the columns. */
function leadsIntoKey(table: Table, columns: readonly string[]): boolean {
  return table.indexes.some(({ unique, valid, predicate, keys }) => {
    const first = keys[0]?.column ?? null;
    return unique && valid && predicate === null && first !== null && columns.includes(first);
  });
}

/** Whether it cannot touch more than a handful of rows: VALUES, or one row by its key. */
export function isSmallChange({ facts, isUsed }: RuleInput, action: Dml): boolean {
  const isWhole = (action.verb === 'update' || action.verb === 'delete') && !action.filtered;
  return !isWhole && facts.certainty === 'known' && !facts.scans.some((one) => isUsed(one));
}
