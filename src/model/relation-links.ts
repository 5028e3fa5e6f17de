import type { Catalog, Relation, Table, View } from './catalog.ts';
import type { RelationKey } from './relation-name.ts';

/**
 * In what way a relation is found through the name of something else:
 * `child` by a table it is a partition of or inherits from, `foreign-key` by a table it points at, `reads` by a relation
 * that a view reads, `owner` by the table that owns a sequence, `index` and `constraint` by `schema.name` of one it has,
 * `sequence` by a sequence's name without schema, `draws` (by nothing) as a table with a default of nextval().
 */
export type LinkKind = 'child' | 'foreign-key' | 'reads' | 'owner' | 'index' | 'constraint' | 'sequence' | 'draws';

/** How a link is written down. Names are not quoted, so whoever follows one looks whether it is the right one. */
export function linkKey(kind: LinkKind, to: string): string {
  return `${kind} ${to}`;
}

/** Every link by which a relation is found, each once. */
export function linksOf(relation: Relation): readonly string[] {
  return [...new Set(computeLinks(relation))];
}

/** The links of a relation that takes the place of another one: the very same list where nothing of it has changed. */
export function linksAfter(before: LinkedRelation | undefined, after: Relation): readonly string[] {
  const old = before?.relation;
  if (before === undefined || old?.kind !== 'table' || after.kind !== 'table') return linksOf(after);
  return areLinkedAlike(old, after) ? before.links : linksOf(after);
}

/** A relation with every link by which it is found. */
export interface LinkedRelation {
  readonly relation: Relation;
  readonly links: readonly string[];
}

function areLinkedAlike(before: Table, after: Table): boolean {
  return (
    before.name.schema === after.name.schema &&
    before.indexes === after.indexes &&
    before.constraints === after.constraints &&
    before.inherits === after.inherits &&
    before.partitionOf === after.partitionOf &&
    (before.columns === after.columns || draws(before) === draws(after))
  );
}

function draws(table: Table): boolean {
  return table.columns.some((column) => column.default?.functions.includes('nextval'));
}

function computeLinks(relation: Relation): readonly string[] {
  switch (relation.kind) {
    case 'sequence': {
      const link = linkKey('sequence', relation.name.name);
      return relation.ownedBy === null ? [link] : [link, linkKey('owner', relation.ownedBy.relation)];
    }
    case 'table':
      return linksOfTable(relation);
    default:
      return [...relation.reads.map((read) => linkKey('reads', read.relation)), ...linksOfIndexes(relation)];
  }
}

function linksOfTable(table: Table): readonly string[] {
  const links: string[] = [...linksOfIndexes(table)];
  const { schema } = table.name;
  for (const constraint of table.constraints) {
    links.push(linkKey('constraint', `${schema}.${constraint.name}`));
    if (constraint.kind === 'foreign-key') links.push(linkKey('foreign-key', constraint.references));
  }
  for (const parent of table.inherits) links.push(linkKey('child', parent));
  if (table.partitionOf !== null) links.push(linkKey('child', table.partitionOf.parent));
  if (draws(table)) links.push(linkKey('draws', ''));
  return links;
}

function linksOfIndexes({ name: { schema }, indexes }: Table | View): readonly string[] {
  return indexes.map((index) => linkKey('index', `${schema}.${index.name}`));
}

/** The relations of a catalog by their keys, as everybody reads them. */
export type Relations = Catalog['relations'];

/** A list of keys, sorted, with another one in it. */
export function withKey(keys: readonly RelationKey[], key: RelationKey): readonly RelationKey[] {
  if (keys.includes(key)) return keys;
  const at = keys.findIndex((other) => other > key);
  return at === -1 ? [...keys, key] : [...keys.slice(0, at), key, ...keys.slice(at)];
}
