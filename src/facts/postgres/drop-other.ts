import type { Drop } from '../../model/action.ts';
import type { Column, Table } from '../../model/catalog.ts';
import { findFunction, findType } from '../../model/catalog-lookup.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { dropOneTable } from './drop-table.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { viewsOver } from './views-over.ts';

/** DROP of a schema, type, domain, function and the like. */
export function dropOther(context: FactsContext, name: RelationReference, action: Drop): void {
  switch (action.object) {
    case 'schema':
      return dropSchema(context, name.name, action);
    case 'function':
      return dropFunction(context, name, action);
    case 'type':
    case 'domain':
      return dropType(context, name, action);
    case 'statistics':
      context.draft.unknown.add(
        'The schema does not tell which table the statistics are of; it is locked for a moment.',
      );
      return;
    default:
      if (action.cascade)
        context.draft.unknown.add(`What DROP ${action.object.toUpperCase()} ... CASCADE takes along is not known.`);
  }
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
  if (!action.cascade) {
    if (members[0] !== undefined) addFailure(draft, '2BP01', `the schema ${schema} holds ${members[0][0]}`);
    return;
  }
  const dropped = new Set(members.map(([key]) => key));
  for (const [key, relation] of members) {
    addLock(draft, key, 'ACCESS EXCLUSIVE');
    draft.losses.add(`${relation.kind} ${key}`);
    if (relation.kind === 'table') dropOneTable(context, relation, true, dropped);
  }
}

/** What calls a function: triggers, defaults, checks and generated columns of tables. */
function dropFunction(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  if (findFunction(context.catalog, name) === null) return;
  for (const [key, relation] of Object.entries(context.catalog.relations)) {
    if (relation.kind !== 'table') continue;
    const user = userOf(relation, name.name);
    if (user === null) continue;
    if (action.cascade) addLock(draft, key, 'ACCESS EXCLUSIVE');
    else addFailure(draft, '2BP01', `${user} of ${key} calls ${name.name}`);
  }
}

function userOf(table: Table, name: string): string | null {
  const calls = (functions: readonly string[]): boolean => functions.some((one) => lastPart(one) === name);
  const trigger = table.triggers.find((one) => lastPart(one.function) === name);
  if (trigger !== undefined) return `the trigger ${trigger.name}`;
  const column = table.columns.find((one) => one.default !== null && calls(one.default.functions));
  if (column !== undefined) return `the default of ${column.name}`;
  const check = table.constraints.find((one) => one.kind === 'check' && calls(one.expression.functions));
  return check === undefined ? null : `the constraint ${check.name}`;
}

function lastPart(name: string): string {
  return (name.split('.').at(-1) ?? name).replaceAll('"', '');
}

function dropType(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const type = findType(context.catalog, name);
  if (type === null) {
    if (context.catalogIsComplete && !action.ifExists) addFailure(draft, '42704', `there is no type ${name.name}`);
    return;
  }
  if (type.kind === 'composite') addLock(draft, relationKey(type.name), 'ACCESS EXCLUSIVE');
  for (const [key, relation] of Object.entries(context.catalog.relations)) {
    if (relation.kind !== 'table') continue;
    const columns = relation.columns.filter((column) => column.type.name === name.name);
    if (columns[0] === undefined) continue;
    if (!action.cascade) {
      return addFailure(draft, '2BP01', `the column ${key}.${columns[0].name} has the type ${name.name}`);
    }
    addLock(draft, key, 'ACCESS EXCLUSIVE');
    for (const column of columns) dropTypedColumn(context, key, column);
  }
}

function dropTypedColumn(context: FactsContext, key: string, column: Column): void {
  const { draft } = context;
  draft.losses.add(`column ${key}.${column.name}`);
  const { certain, possible } = viewsOver(context, key, column.name);
  addLocks(draft, certain, 'ACCESS EXCLUSIVE');
  if (possible.length > 0) draft.unknown.add(`Whether ${possible.join(', ')} reads ${column.name} is not known here.`);
}
