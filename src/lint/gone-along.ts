import type { Drop } from '../model/action.ts';
import type { Catalog, View } from '../model/catalog.ts';
import { childrenOf, partitionsOf, referencingTables, resolveName, viewsReading } from '../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../model/relation-name.ts';
import { alterCommandOf } from './alter-command-of.ts';
import type { RuleInput } from './rule.ts';
import { usedLosses } from './used-losses.ts';

/** Something that a statement does not name and CASCADE takes away. */
export interface GoneAlong {
  /** `the view public.open_orders`, `the foreign key a_fkey of public.payments`. */
  readonly what: string;
  readonly relation: RelationKey;
}

/** What CASCADE takes along, as far as the schema tells; only what is in use. */
export function goneAlong(input: RuleInput): readonly GoneAlong[] {
  return allAlong(input).filter(({ relation }) => input.isUsed(relation));
}

function allAlong(input: RuleInput): readonly GoneAlong[] {
  const { action } = input;
  if (action.kind === 'drop') return action.cascade ? alongWithDrop(input, action) : [];
  return [...alongWithColumn(input), ...alongWithConstraint(input)];
}

function alongWithDrop(input: RuleInput, action: Drop): readonly GoneAlong[] {
  const { catalog } = input;
  const named = action.names.map((name) => relationKey(resolveName(catalog, name)));
  switch (action.object) {
    case 'table':
    case 'foreign-table':
    case 'view':
    case 'materialized-view':
      return alongWithRelations(catalog, [...named, ...named.flatMap((key) => partitionsOf(catalog, key))]);
    case 'schema': {
      const schemas = action.names.map(({ name }) => name);
      const members = Object.entries(catalog.relations).filter(([, one]) => schemas.includes(one.name.schema));
      return alongWithRelations(
        catalog,
        members.map(([key]) => key),
      );
    }
    case 'type':
    case 'domain':
      return usedLosses(input).map(({ what, relation }) => ({ what: `the ${what}`, relation }));
    case 'function':
    case 'sequence':
      return input.facts.locks
        .filter(({ relation }) => !named.includes(relation))
        .map(({ relation }) => ({ what: `what calls it in ${relation}`, relation }));
    default:
      return [];
  }
}

function alongWithRelations(catalog: Catalog, dropped: readonly RelationKey[]): readonly GoneAlong[] {
  const isKept = ({ relation }: GoneAlong): boolean => !dropped.includes(relation);
  const found = dropped.flatMap((key): readonly GoneAlong[] => [
    ...viewsAbove(catalog, key, null),
    ...referencingTables(catalog, key).map(({ table, constraint }) =>
      foreignKey(relationKey(table.name), constraint.name),
    ),
    ...childrenOf(catalog, key)
      .filter((child) => child.partitionOf === null)
      .map((child) => ({ what: `the table ${relationKey(child.name)}`, relation: relationKey(child.name) })),
    ...(catalog.policyReads ?? [])
      .filter((one) => one.relation === key)
      .map(({ table, policy }) => ({ what: `the policy ${policy} of ${table}`, relation: table })),
  ]);
  return distinct(found.filter(isKept));
}

function alongWithColumn(input: RuleInput): readonly GoneAlong[] {
  const found = alterCommandOf(input, 'drop-column');
  if (found === null || !found.command.cascade) return [];
  const { column } = found.command;
  const keys = referencingTables(input.catalog, found.key).filter(({ constraint }) =>
    constraint.referencedColumns.includes(column),
  );
  return distinct([
    ...viewsAbove(input.catalog, found.key, column),
    ...keys.map(({ table, constraint }) => foreignKey(relationKey(table.name), constraint.name)),
  ]);
}

function alongWithConstraint(input: RuleInput): readonly GoneAlong[] {
  const found = alterCommandOf(input, 'drop-constraint');
  if (found === null || !found.command.cascade) return [];
  const { name } = found.command;
  const dropped = found.table?.constraints.find((one) => one.name === name);
  if (dropped?.kind !== 'primary-key' && dropped?.kind !== 'unique') return [];
  const columns = [...dropped.columns].sort().join();
  return referencingTables(input.catalog, found.key)
    .filter(({ constraint }) => [...constraint.referencedColumns].sort().join() === columns)
    .map(({ table, constraint }) => foreignKey(relationKey(table.name), constraint.name));
}

function foreignKey(table: RelationKey, name: string): GoneAlong {
  return { what: `the foreign key ${name} of ${table}`, relation: table };
}

/** Views over a relation or one of its columns, and the views over those. */
function viewsAbove(catalog: Catalog, key: RelationKey, column: string | null): readonly GoneAlong[] {
  const found = new Set<RelationKey>();
  const queue: View[] = [...viewsReading(catalog, key, column)];
  for (let view = queue.shift(); view !== undefined; view = queue.shift()) {
    const name = relationKey(view.name);
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...viewsReading(catalog, name));
  }
  return [...found].map((view) => ({ what: `the view ${view}`, relation: view }));
}

function distinct(along: readonly GoneAlong[]): readonly GoneAlong[] {
  return [...new Map(along.map((one) => [one.what, one])).values()];
}
