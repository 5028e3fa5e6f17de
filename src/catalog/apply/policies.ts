import type { TableAttachment } from '../../model/action.ts';
import type { Catalog, PolicyRead, Table } from '../../model/catalog.ts';
import { findRelation, findTable } from '../../model/catalog-lookup.ts';
import { type ColumnMention, knownColumns } from '../../model/query-columns.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import { updateTable } from '../edit-catalog.ts';

/** CREATE POLICY, with what its conditions name. */
export function createPolicy(catalog: Catalog, action: TableAttachment): Catalog {
  const table = findTable(catalog, action.table);
  if (table === null || table.policies.includes(action.name)) return catalog;
  const changed = updateTable(catalog, relationKey(table.name), (one) => ({
    ...one,
    policies: [...one.policies, action.name],
  }));
  return withPolicyReads(changed, [...(catalog.policyReads ?? []), ...readsOf(catalog, table, action)]);
}

/** ALTER POLICY: what it names now is what counts, as hardly any policy has both USING and WITH CHECK. */
export function alterPolicy(catalog: Catalog, action: TableAttachment): Catalog {
  const table = findTable(catalog, action.table);
  if (table === null || !table.policies.includes(action.name)) return catalog;
  const key = relationKey(table.name);
  const others = (catalog.policyReads ?? []).filter((one) => one.table !== key || one.policy !== action.name);
  return action.mentions === undefined
    ? catalog
    : withPolicyReads(catalog, [...others, ...readsOf(catalog, table, action)]);
}

/** The catalog with these, one for each policy and relation, sorted. */
export function withPolicyReads(catalog: Catalog, reads: readonly PolicyRead[]): Catalog {
  const merged = new Map<string, PolicyRead>();
  for (const read of reads) {
    const name = JSON.stringify([read.table, read.policy, read.relation]);
    const columns = new Set([...(merged.get(name)?.columns ?? []), ...read.columns]);
    merged.set(name, { ...read, columns: [...columns].sort() });
  }
  const sorted = [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, read]) => read);
  return { ...catalog, policyReads: sorted };
}

function readsOf(catalog: Catalog, table: Table, action: TableAttachment): readonly PolicyRead[] {
  const key = relationKey(table.name);
  const places: readonly RelationReference[] = [action.table, ...(action.reads ?? [])];
  const columns = new Map<RelationKey, string[]>();
  for (const place of action.reads ?? []) columns.set(keyOf(catalog, place) ?? '', []);
  for (const mention of action.mentions ?? []) {
    const relation = relationOf(catalog, mention, places);
    if (relation !== null) columns.set(relation, [...(columns.get(relation) ?? []), mention.column]);
  }
  return [...columns]
    .filter(([relation]) => relation !== '')
    .map(([relation, named]) => ({ table: key, policy: action.name, relation, columns: named }));
}

function keyOf(catalog: Catalog, reference: RelationReference): RelationKey | null {
  const relation = findRelation(catalog, reference);
  return relation === null ? null : relationKey(relation.name);
}

/** Inside out, as names are looked up: what a sub-select reads comes before the policy's own table. */
function relationOf(
  catalog: Catalog,
  mention: ColumnMention,
  places: readonly RelationReference[],
): RelationKey | null {
  const candidates = mention.relation === null ? [...places].reverse() : [mention.relation];
  for (const place of candidates) {
    const relation = findRelation(catalog, place);
    if (knownColumns(relation)?.some((column) => column.name === mention.column) !== true) continue;
    return relation === null ? null : relationKey(relation.name);
  }
  return null;
}
