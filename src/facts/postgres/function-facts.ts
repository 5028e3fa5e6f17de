import type { CreateFunction, Drop } from '../../model/action.ts';
import type { FunctionOverload, Table, UserFunction } from '../../model/catalog.ts';
import { findFunction, nameForCreation } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { isSameType } from './base-type.ts';
import type { FactsContext } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { lockNamed } from './query-locks.ts';
import { isBuiltInFunction, refuseUnknownType } from './refuse-unknown.ts';
import { viewsOver } from './views-over.ts';

/** CREATE FUNCTION: the server looks up what an SQL body names when the function is made. */
export function createFunctionFacts(context: FactsContext, action: CreateFunction): void {
  const { overload } = action;
  for (const type of overload?.arguments ?? []) refuseUnknownType(context, type);
  const key = relationKey(nameForCreation(context.catalog, action.name));
  const same = context.catalog.functions[key]?.overloads?.find(
    (one) => overload !== undefined && isSameArguments(one.arguments, overload.arguments),
  );
  if (same !== undefined && overload !== undefined) refuseReplacing(context, action, same, overload);
  lockNamed(context, action, 'through-views');
  context.draft.because.add('The function is not run; at most, what its body names is looked at.');
}

function refuseReplacing(
  context: FactsContext,
  action: CreateFunction,
  before: FunctionOverload,
  after: FunctionOverload,
): void {
  const { name } = action.name;
  if (!action.replace) return addFailure(context.draft, '42723', `${name} exists already with the same arguments`);
  if (before.kind !== after.kind) return addFailure(context.draft, '42809', `${name} is a ${before.kind}`);
  const isSame = before.result === null || after.result === null || isSameType(bare(before.result), bare(after.result));
  if (!isSame || before.returnsSet !== after.returnsSet) {
    addFailure(context.draft, '42P13', `the result of ${name} cannot become another type`);
  }
}

function isSameArguments(a: readonly DataType[], b: readonly DataType[]): boolean {
  return a.length === b.length && a.every((type, at) => isSameType(bare(type), bare(b[at] ?? type)));
}

/** Modifiers do not tell functions apart. */
function bare(type: DataType): DataType {
  return { ...type, modifiers: [] };
}

/** DROP FUNCTION and DROP PROCEDURE: what calls it (triggers, defaults, checks, generated columns) forbids it or goes along. */
export function dropFunctionFacts(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const found = findFunction(context.catalog, name);
  if (found === null) return missingFunction(context, name, action);
  refuseOverload(context, found, action.arguments?.[action.names.indexOf(name)] ?? null, action);
  for (const [key, relation] of Object.entries(context.catalog.relations)) {
    if (relation.kind !== 'table') continue;
    const user = userOf(relation, name.name);
    if (user === null) continue;
    if (action.cascade) addLock(draft, key, 'ACCESS EXCLUSIVE');
    else addFailure(draft, '2BP01', `${user} of ${key} calls ${name.name}`);
  }
  dropCallingViews(context, found, action.cascade);
}

/** Views call what stands before a bracket in their query. */
function dropCallingViews(context: FactsContext, { name }: UserFunction, cascade: boolean): void {
  const call = new RegExp(`(?<![\\w"])"?${name.name.replaceAll(/[^\w]/g, '.')}"?\\s*\\(`, 'u');
  for (const [key, relation] of Object.entries(context.catalog.relations)) {
    if (relation.kind === 'table' || relation.kind === 'sequence') continue;
    if (!call.test(relation.sql.replaceAll(/'(?:[^']|'')*'/g, "''"))) continue;
    if (!cascade) return addFailure(context.draft, '2BP01', `the view ${key} calls ${name.name}`);
    addLocks(context.draft, [key, ...viewsOver(context, key, null).certain], 'ACCESS EXCLUSIVE');
  }
}

function missingFunction(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft, catalog, catalogIsComplete } = context;
  if (isBuiltInFunction(name.name, context.version.major)) return;
  if (!catalogIsComplete || catalog.extensions?.length !== 0) {
    draft.unknown.add(`What calls the function ${name.name} is not known.`);
  } else if (action.ifExists) {
    draft.because.add(`There is no function ${name.name}, so nothing happens.`);
  } else addFailure(draft, '42883', `there is no function ${name.name}`);
}

/** Since 14 a name without arguments is looked up among functions or procedures only. */
const NOT_FOUND_SINCE = 14;

function refuseOverload(
  context: FactsContext,
  { name, overloads }: UserFunction,
  types: readonly DataType[] | null,
  action: Drop,
): void {
  if (overloads === undefined) return;
  const isPicky = types !== null || context.version.major < NOT_FOUND_SINCE;
  const isOther = (kind: string): boolean => action.routine === (kind === 'procedure' ? 'function' : 'procedure');
  if (overloads.length > 0 && overloads.every((one) => isOther(one.kind))) {
    if (isPicky) return addFailure(context.draft, '42809', `${name.name} is no ${action.routine}`);
    if (!action.ifExists) addFailure(context.draft, '42883', `there is no ${action.routine} ${name.name}`);
    return;
  }
  if (types === null) {
    if (overloads.length > 1) addFailure(context.draft, '42725', `there is more than one function ${name.name}`);
    return;
  }
  if (action.ifExists || overloads.some((one) => isSameArguments(one.arguments, types))) return;
  addFailure(context.draft, '42883', `there is no function ${name.name} of these arguments`);
}

function userOf(table: Table, name: string): string | null {
  const calls = (functions: readonly string[]): boolean => functions.some((one) => lastPart(one) === name);
  const trigger = table.triggers.find((one) => lastPart(one.function) === name);
  if (trigger !== undefined) return `the trigger ${trigger.name}`;
  const column = table.columns.find((one) => one.default !== null && calls(one.default.functions));
  if (column !== undefined) return `the default of ${column.name}`;
  const check = table.constraints.find((one) => one.kind === 'check' && calls(one.expression.functions));
  if (check !== undefined) return `the constraint ${check.name}`;
  const index = table.indexes.find((one) =>
    calls([...one.keys.flatMap((key) => key.expression?.functions ?? []), ...(one.predicate?.functions ?? [])]),
  );
  return index === undefined ? null : `the index ${index.name}`;
}

function lastPart(name: string): string {
  return (name.split('.').at(-1) ?? name).replaceAll('"', '');
}
