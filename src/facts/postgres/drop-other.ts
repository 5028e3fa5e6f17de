import type { Drop } from '../../model/action.ts';
import type { UserType } from '../../model/catalog.ts';
import { findStatistics, findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { dropColumnDependents } from './column-changes.ts';
import { dropOneTable } from './drop-table.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { dropFunctionFacts } from './function-facts.ts';

/** DROP of a schema, type, domain, function and the like. */
export function dropOther(context: FactsContext, name: RelationReference, action: Drop): void {
  switch (action.object) {
    case 'schema':
      return dropSchema(context, name.name, action);
    case 'function':
      return dropFunctionFacts(context, name, action);
    case 'type':
    case 'domain':
      return dropType(context, name, action);
    case 'statistics':
      return dropStatistics(context, name, action);
    case 'publication':
      return dropPublication(context, name.name, action);
    default:
      if (action.cascade)
        context.draft.unknown.add(`What DROP ${action.object.toUpperCase()} ... CASCADE takes along is not known.`);
  }
}

/** The table is locked for as long as the catalog takes. */
function dropStatistics(context: FactsContext, name: RelationReference, action: Drop): void {
  const found = findStatistics(context.catalog, name);
  if (found !== null) return addLock(context.draft, found.table, 'SHARE UPDATE EXCLUSIVE');
  if (context.catalog.statistics === undefined || !context.catalogIsComplete) {
    context.draft.unknown.add('The schema does not tell which table the statistics are of; it is locked for a moment.');
  } else if (!action.ifExists) addFailure(context.draft, '42704', `there are no statistics ${name.name}`);
}

/** A publication goes without a lock on its tables (measured on 13 to 18). */
function dropPublication(context: FactsContext, name: string, action: Drop): void {
  if (action.ifExists || !context.catalogIsComplete) return;
  const isThere = context.catalog.publications?.some((one) => one.name === name) ?? true;
  if (!isThere) addFailure(context.draft, '42704', `there is no publication ${name}`);
}

function dropSchema(context: FactsContext, schema: string, action: Drop): void {
  const { draft, catalog } = context;
  const members = Object.entries(catalog.relations).filter(([, relation]) => relation.name.schema === schema);
  const isThere = catalog.schemas.includes(schema) || members.length > 0;
  if (!isThere) {
    if (!context.catalogIsComplete) draft.unknown.add(`The schema ${schema} is not in what was given.`);
    else if (!action.ifExists) addFailure(draft, '3F000', `there is no schema ${schema}`);
    return;
  }
  const others = [...Object.values(catalog.types), ...Object.values(catalog.functions), ...(catalog.statistics ?? [])];
  const held = [...members.map(([, relation]) => relation), ...others].find((one) => one.name.schema === schema);
  if (!action.cascade) {
    if (held !== undefined) addFailure(draft, '2BP01', `the schema ${schema} holds ${relationKey(held.name)}`);
    return;
  }
  for (const one of catalog.statistics ?? []) {
    if (one.name.schema === schema) addLock(draft, one.table, 'SHARE UPDATE EXCLUSIVE');
  }
  for (const type of Object.values(catalog.types)) {
    if (type.name.schema === schema) dropUsers(context, type, true);
  }
  for (const one of Object.values(catalog.functions)) {
    if (one.name.schema === schema) dropFunctionFacts(context, one.name, action);
  }
  const dropped = new Set(members.map(([key]) => key));
  for (const [key, relation] of members) {
    addLock(draft, key, 'ACCESS EXCLUSIVE');
    draft.losses.add(`${relation.kind} ${key}`);
    if (relation.kind === 'table') dropOneTable(context, relation, true, dropped);
  }
}

function dropType(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const type = findType(context.catalog, name);
  if (type === null) {
    if (context.catalogIsComplete && !action.ifExists) addFailure(draft, '42704', `there is no type ${name.name}`);
    return;
  }
  if (type.kind === 'composite') addLock(draft, relationKey(type.name), 'ACCESS EXCLUSIVE');
  dropUsers(context, type, action.cascade);
}

/** Columns of the type, and domains over it with their columns. */
function dropUsers(context: FactsContext, type: UserType, cascade: boolean): void {
  const { draft, catalog } = context;
  const isOfType = (one: DataType): boolean => {
    const found = findType(catalog, one);
    return found !== null && relationKey(found.name) === relationKey(type.name);
  };
  for (const [key, relation] of Object.entries(catalog.relations)) {
    if (relation.kind !== 'table') continue;
    const columns = relation.columns.filter((column) => isOfType(column.type));
    if (columns[0] === undefined) continue;
    if (!cascade) {
      return addFailure(draft, '2BP01', `the column ${key}.${columns[0].name} has the type ${type.name.name}`);
    }
    addLock(draft, key, 'ACCESS EXCLUSIVE');
    for (const column of columns) {
      draft.losses.add(`column ${key}.${column.name}`);
      dropColumnDependents(context, relation, { column: column.name, cascade }, { commands: [] });
    }
  }
  for (const other of Object.values(catalog.types)) {
    if (other.kind !== 'domain' || !isOfType(other.base)) continue;
    if (!cascade) return addFailure(draft, '2BP01', `the domain ${other.name.name} is of it`);
    dropUsers(context, other, cascade);
  }
}
