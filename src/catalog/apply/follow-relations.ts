import type { Action } from '../../model/action.ts';
import type { Catalog, PolicyRead } from '../../model/catalog.ts';
import { findRelation } from '../../model/catalog-lookup.ts';
import { knownColumns } from '../../model/query-columns.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { treeOf, updateTable } from '../edit-catalog.ts';
import { withPolicyReads } from './policies.ts';
import { putPublication } from './publications.ts';
import { withStatistics } from './statistics.ts';

/**
 * Policies, statistics and publications point at relations and columns by name: after a statement they follow what was
 * renamed, and go with what was dropped.
 *
 * @param before the catalog before the statement.
 * @param after the same after it, its lists not yet touched by renames and drops.
 */
export function followRelations(before: Catalog, after: Catalog, action: Action): Catalog {
  if (before.relations === after.relations) return after;
  const isPointing = [after.policyReads, after.statistics, after.publications].some((list) => list?.length);
  return isPointing ? withoutLost(renamed(before, after, action)) : after;
}

interface Renaming {
  readonly relation: (key: RelationKey) => RelationKey;
  readonly column: (key: RelationKey, column: string) => string;
}

function renamed(before: Catalog, after: Catalog, action: Action): Catalog {
  const { relation, column } = renamingOf(before, after, action);
  const reads = (after.policyReads ?? []).map((one) => ({
    ...one,
    table: relation(one.table),
    relation: relation(one.relation),
    columns: one.columns.map((name) => column(one.relation, name)),
    policy: policyName(before, action, one),
  }));
  const statistics = (after.statistics ?? []).map((one) => ({
    ...one,
    table: relation(one.table),
    columns: one.columns.map((name) => column(one.table, name)).sort(),
  }));
  const changed = withStatistics(withPolicyReads(after, reads), statistics);
  return (after.publications ?? []).reduce(
    (catalog, one) => putPublication(catalog, { ...one, tables: one.tables.map(relation) }),
    changed,
  );
}

function policyName(before: Catalog, action: Action, read: PolicyRead): string {
  if (action.kind !== 'rename' || action.object !== 'policy' || action.member !== read.policy) return read.policy;
  const table = findRelation(before, action.name);
  return table !== null && relationKey(table.name) === read.table ? action.to : read.policy;
}

function renamingOf(before: Catalog, after: Catalog, action: Action): Renaming {
  const asItIs: Renaming = { relation: (key) => key, column: (_key, column) => column };
  if (action.kind !== 'rename' && action.kind !== 'set-schema') return asItIs;
  const found = findRelation(before, action.name);
  if (action.kind === 'rename' && action.object === 'column') {
    const tree = found === null ? [] : treeOf(before, relationKey(found.name));
    return {
      ...asItIs,
      column: (key, column) => (tree.includes(key) && column === action.member ? action.to : column),
    };
  }
  const moved = (key: RelationKey): RelationKey => {
    const one = before.relations[key];
    if (one === undefined || after.relations[key] !== undefined) return key;
    const { schema, name } = one.name;
    if (action.kind === 'set-schema') return relationKey({ schema: action.schema, name });
    if (action.object === 'schema') return relationKey({ schema: action.to, name });
    return relationKey({ schema, name: action.to });
  };
  return { ...asItIs, relation: moved };
}

function withoutLost(catalog: Catalog): Catalog {
  const isThere = (key: RelationKey, columns: readonly string[]): boolean => {
    const relation = catalog.relations[key];
    if (relation === undefined) return false;
    const known = knownColumns(relation)?.map((one) => one.name) ?? null;
    return known === null || columns.every((column) => known.includes(column));
  };
  const reads = catalog.policyReads ?? [];
  const lost = reads.filter((one) => !isThere(one.relation, one.columns) || !isThere(one.table, []));
  let changed = withPolicyReads(
    catalog,
    reads.filter((one) => !lost.some((gone) => gone.table === one.table && gone.policy === one.policy)),
  );
  for (const { table, policy } of lost) {
    changed = updateTable(changed, table, (one) => ({
      ...one,
      policies: one.policies.filter((name) => name !== policy),
    }));
  }
  changed = withStatistics(
    changed,
    (catalog.statistics ?? []).filter((one) => isThere(one.table, one.columns)),
  );
  return (catalog.publications ?? []).reduce(
    (result, one) => putPublication(result, { ...one, tables: one.tables.filter((table) => isThere(table, [])) }),
    changed,
  );
}
