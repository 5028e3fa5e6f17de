import type { Catalog, Index, Relation, Table, TableConstraint, View } from '../../model/catalog.ts';
import { ownedSequences, referencingTables, viewsReading } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { renameIdentifier } from '../../sql/postgres/rename-identifier.ts';
import { mapRelations, treeOf } from '../edit-catalog.ts';
import { renameColumnInExpression } from './rename-in-expression.ts';

/** RENAME COLUMN of a table or view, in all that inherit from it and in everything that names the column. */
export function renameColumn(catalog: Catalog, key: RelationKey, from: string, to: string): Catalog {
  return treeOf(catalog, key).reduce((changed, target) => renameHere(changed, target, from, to), catalog);
}

function renameHere(catalog: Catalog, key: RelationKey, from: string, to: string): Catalog {
  const renamed = (name: string): string => (name === from ? to : name);
  const users = [
    key,
    ...ownedSequences(catalog, key),
    ...[...referencingTables(catalog, key).map(({ table }) => table), ...viewsReading(catalog, key)].map(({ name }) =>
      relationKey(name),
    ),
  ];
  return mapRelations(catalog, new Set(users), (relation) => {
    const isOwner = catalog.relations[key]?.name === relation.name;
    switch (relation.kind) {
      case 'sequence':
        if (relation.ownedBy?.relation !== key) return relation;
        return { ...relation, ownedBy: { ...relation.ownedBy, column: renamed(relation.ownedBy.column) } };
      case 'table':
        return renameReferences(isOwner ? renameInTable(relation, from, to) : relation, key, renamed);
      default:
        return renameReads(isOwner ? renameInView(relation, from, to) : relation, key, renamed);
    }
  });
}

function renameReferences(table: Table, key: RelationKey, renamed: (name: string) => string): Relation {
  if (!table.constraints.some((one) => one.kind === 'foreign-key' && one.references === key)) return table;
  return {
    ...table,
    constraints: table.constraints.map((one) =>
      one.kind === 'foreign-key' && one.references === key
        ? { ...one, referencedColumns: one.referencedColumns.map(renamed) }
        : one,
    ),
  };
}

function renameReads(view: View, key: RelationKey, renamed: (name: string) => string): Relation {
  return {
    ...view,
    reads: view.reads.map((read) =>
      read.relation === key && read.columns !== null ? { ...read, columns: read.columns.map(renamed).sort() } : read,
    ),
  };
}

function renameInView(view: View, from: string, to: string): View {
  const columns = view.columns?.map((column) => (column.name === from ? { ...column, name: to } : column));
  return {
    ...view,
    indexes: view.indexes.map((index) => renameInIndex(index, from, to)),
    ...(columns === undefined ? {} : { columns }),
  };
}

function renameInTable(table: Table, from: string, to: string): Table {
  const renamed = (name: string): string => (name === from ? to : name);
  const { partitionBy } = table;
  return {
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      name: renamed(column.name),
      default: column.default === null ? null : renameColumnInExpression(column.default, from, to),
    })),
    constraints: table.constraints.map((one) => renameInConstraint(one, from, to)),
    indexes: table.indexes.map((index) => renameInIndex(index, from, to)),
    triggers: table.triggers.map((trigger) => ({ ...trigger, columns: trigger.columns.map(renamed).sort() })),
    partitionBy: partitionBy === null ? null : { ...partitionBy, key: renameIdentifier(partitionBy.key, from, to) },
  };
}

function renameInConstraint(constraint: TableConstraint, from: string, to: string): TableConstraint {
  const renamed = (name: string): string => (name === from ? to : name);
  switch (constraint.kind) {
    case 'check':
      return { ...constraint, expression: renameColumnInExpression(constraint.expression, from, to) };
    case 'not-null':
      return { ...constraint, column: renamed(constraint.column) };
    case 'exclude':
      return constraint;
    case 'foreign-key': {
      const { onDeleteColumns } = constraint;
      const set = onDeleteColumns === undefined ? {} : { onDeleteColumns: onDeleteColumns.map(renamed) };
      return { ...constraint, columns: constraint.columns.map(renamed), ...set };
    }
    default:
      return { ...constraint, columns: constraint.columns.map(renamed) };
  }
}

function renameInIndex(index: Index, from: string, to: string): Index {
  const renamed = (name: string): string => (name === from ? to : name);
  return {
    ...index,
    keys: index.keys.map((one) => ({
      column: one.column === null ? null : renamed(one.column),
      expression: one.expression === null ? null : renameColumnInExpression(one.expression, from, to),
    })),
    include: index.include.map(renamed),
    predicate: index.predicate === null ? null : renameColumnInExpression(index.predicate, from, to),
    definitionSql: renameIdentifier(index.definitionSql, from, to),
  };
}
