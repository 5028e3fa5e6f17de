import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { Column, Index, Table, UserType } from '../../model/catalog.ts';
import { findType, ownedSequences, referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import { relationKey } from '../../model/relation-name.ts';
import { withPartitions } from './add-foreign-key.ts';
import { inPreparation } from './alter-pass.ts';
import { baseTypeOf } from './base-type.ts';
import { hasCast, isString } from './built-in-casts.ts';
import { type TypeChangeCost, typeChangeCost } from './column-type-change.ts';
import { refuseDependents } from './dependent-expressions.ts';
import { expressionType } from './expression-type.ts';
import {
  type FactsContext,
  hasChildren,
  hasStorage,
  indexKey,
  indexUses,
  isKnown,
  lockTree,
  rewriteTree,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { isInAnyPartitionKey, isInheritedColumn } from './inheritance.ts';
import { policiesNaming } from './policies-naming.ts';
import { canCompare, refuseOneCollation } from './referenced-key.ts';
import { lockFormerReference, lockOtherSide } from './references.ts';
import { refuseCollation } from './refuse-collation.ts';
import { refuseUnknownFunctions, refuseUnknownType } from './refuse-unknown.ts';
import { refuseWrittenCast } from './refuse-written-cast.ts';
import { viewsOver } from './views-over.ts';

type SetType = AlterCommandOf<'set-type'>;

/** ALTER COLUMN TYPE: four outcomes (free, index rebuild, constraint scan, rewrite) under ACCESS EXCLUSIVE. */
export function alterColumnTypeFacts(context: FactsContext, table: Table, command: SetType, only: boolean): void {
  const { draft } = context;
  lockTree(context, table, 'ACCESS EXCLUSIVE', only);
  const what = `${relationKey(table.name)}.${command.column}`;
  draft.breaks.push({
    kind: 'type-changed',
    what,
    sentence: `Prepared statements that return ${what} fail with 0A000 until they are prepared again.`,
  });
  const column = table.columns.find((one) => one.name === command.column);
  if (column === undefined) {
    if (isKnown(table)) return;
    draft.unknown.add(`The type that ${what} has now is not known, so whether its rows are rewritten is not either.`);
    return;
  }
  inPreparation(draft, () => refuseTypeChange(context, table, column, command, only));
  refuseDependents(context, table, column.name, column.type, command.type);
  refuseUnderDependents(context, table, command.column);
  // A virtual column is nowhere stored.
  const cost = column.generated === 'virtual' ? VIRTUAL : typeChangeCost(context, column.type, command);
  if (cost.kind === 'unknown') draft.unknown.add(`${cost.reason}.`);
  if (cost.kind === 'rewrite') {
    rewriteTree(context, table);
    draft.because.add(
      `The stored values of ${column.name} do not fit the new type, so every row and index is written anew.`,
    );
  } else if (cost.kind === 'free') keepRows(context, table, command, cost.sameIndexOrder);
  if (column.identity !== null) {
    const sequences = ownedSequences(context.catalog, relationKey(table.name), column.name);
    addLocks(draft, sequences, 'SHARE ROW EXCLUSIVE');
  }
  lockForeignKeyPeers(context, table, command.column, cost);
  refuseOtherSides(context, table, command);
}

/** A foreign key is built again, and its columns must still compare. */
function refuseOtherSides(context: FactsContext, table: Table, { column, type }: SetType): void {
  const refuse = (own: readonly string[], peer: Table | null, others: readonly string[], isReferred = false): void => {
    const other = peer?.columns.find((one) => one.name === others[own.indexOf(column)])?.type;
    if (other === undefined) return;
    const [mine, theirs] = [baseTypeOf(context, type), baseTypeOf(context, other)];
    refuseOneCollation(context, mine, theirs);
    if (isReferred ? canCompare(context, theirs, mine) : canCompare(context, mine, theirs)) return;
    addFailure(context.draft, '42804', `a foreign key cannot compare ${type.name} with ${other.name}`);
  };
  for (const one of table.constraints) {
    if (one.kind !== 'foreign-key' || !one.columns.includes(column)) continue;
    refuse(one.columns, tableOf(context.catalog, one.references), one.referencedColumns);
  }
  for (const { table: peer, constraint } of referencingTables(context.catalog, relationKey(table.name))) {
    if (!constraint.referencedColumns.includes(column)) continue;
    refuse(constraint.referencedColumns, peer, constraint.columns, true);
  }
}

const VIRTUAL: TypeChangeCost = { kind: 'free', sameIndexOrder: true };

function refuseTypeChange(context: FactsContext, table: Table, column: Column, command: SetType, only: boolean): void {
  const { draft } = context;
  const what = `${relationKey(table.name)}.${column.name}`;
  if (isInheritedColumn(context, table, column.name)) addFailure(draft, '42P16', `${what} comes from the parent`);
  if (isInAnyPartitionKey(context, table, column.name))
    addFailure(draft, '42P16', `${what} is part of the partition key`);
  const isWhole = ['int2', 'int4', 'int8'].includes(baseTypeOf(context, command.type).name);
  if (column.generated === 'virtual' && findType(context.catalog, command.type)?.kind === 'domain') {
    addFailure(draft, '0A000', `${what} is virtual, and a domain would have to look at its values`);
  }
  if (column.identity !== null && !isWhole) addFailure(draft, '22023', `${what} is an identity column, a whole number`);
  refuseUnknownType(context, command.type);
  if (command.using !== null) {
    if (column.generated !== null) addFailure(draft, '42611', `${what} is generated, so USING cannot say anything`);
    refuseUnknownFunctions(context, command.using);
    refuseWrittenCast(context, column, command.using);
  }
  refuseCollation(context, what, command);
  const result = command.using === null ? null : resultOf(context, column, command.using);
  if (result !== null && !isAssignable(context, result, command.type)) {
    addFailure(draft, '42804', `${command.using?.sql} is no ${command.typeSql}`);
  }
  const isConverted = command.using !== null;
  if (!isConverted && !isAssignable(context, column.type, command.type)) {
    addFailure(draft, '42804', `${what} cannot become ${command.typeSql} without USING`);
  }
  if (only && hasChildren(context, table))
    addFailure(draft, '42P16', `${what} must be changed in the tables below too`);
  refuseOldDefault(context, what, column, command);
}

/** What USING answers; the column itself in brackets has its own type. */
function resultOf(context: FactsContext, column: Column, using: Expression): DataType | null {
  const bare = using.sql.replaceAll(/^[\s(]+|[\s)]+$/g, '');
  return bare === column.name || bare === `"${column.name}"` ? column.type : expressionType(context, using);
}

/** The default is converted like a value, whatever USING does with the rows. */
function refuseOldDefault(context: FactsContext, what: string, column: Column, command: SetType): void {
  if (column.default === null || column.generated !== null) return;
  const isLiteral = /^'(?:[^']|'')*'(?:::[a-z ]+)?$/i.test(column.default.sql);
  const given = isLiteral ? column.type : expressionType(context, column.default);
  if (given === null || isAssignable(context, given, command.type)) return;
  addFailure(context.draft, '42804', `the default of ${what} cannot become ${command.typeSql}`);
}

/** False only where it is certain: casts that users make are not in the catalog, so their types are let pass. */
function isAssignable(context: FactsContext, from: DataType, to: DataType): boolean {
  const [source, target] = [baseTypeOf(context, from), baseTypeOf(context, to)];
  if (source.arrayDimensions > 0 && target.arrayDimensions > 0) {
    return isAssignable(context, { ...source, arrayDimensions: 0 }, { ...target, arrayDimensions: 0 });
  }
  // Only its own text makes an enum, and only when asked to.
  if (findType(context.catalog, target)?.kind === 'enum') {
    return source.name === target.name && source.arrayDimensions === target.arrayDimensions;
  }
  if (findType(context.catalog, source)?.kind === 'enum') return isString(target, context.version.major);
  const [user, wanted] = [findType(context.catalog, source), findType(context.catalog, target)];
  // Rows and ranges know nothing but their text form.
  if (isRowOrRange(wanted)) return wanted === user;
  if (isRowOrRange(user)) return isString(target, context.version.major);
  if (user !== null || wanted !== null) return true;
  const [isArray, becomesArray] = [source.arrayDimensions > 0, target.arrayDimensions > 0];
  // Everything has a text form; a single value is no array, nor the other way round.
  if (isArray !== becomesArray) return isArray && isString(target, context.version.major);
  // A cast that is there and has to be written out comes before the text form.
  if (source.name === 'int4' && target.name === 'char') return false;
  return isString(target, context.version.major) || hasCast(source.name, target.name, 'assignment') !== false;
}

function isRowOrRange(type: UserType | null): boolean {
  return type?.kind === 'composite' || type?.kind === 'range';
}

function keepRows(context: FactsContext, table: Table, command: SetType, sameIndexOrder: boolean): void {
  const { draft } = context;
  const column = table.columns.find((one) => one.name === command.column);
  const collationChanges = command.collation !== null && command.collation !== (column?.collation ?? 'default');
  for (const one of withDescendants(context, table)) {
    if (!hasStorage(one)) continue;
    const rebuilt = one.indexes.filter(
      (index) =>
        indexUses(index, command.column) &&
        (isComputed(index) || ((!sameIndexOrder || collationChanges) && isSortedBy(index, command.column))),
    );
    for (const index of rebuilt) draft.indexBuilds.add(indexKey(one, index.name));
    if (rebuilt.length > 0) draft.scans.add(relationKey(one.name));
    const checked = one.constraints.some(
      (constraint) =>
        constraint.kind === 'check' && constraint.valid && constraint.expression.columns.includes(command.column),
    );
    if (!checked) continue;
    draft.scans.add(relationKey(one.name));
    draft.because.add(`A CHECK names ${command.column}, so its rows are read again although none is rewritten.`);
  }
  draft.because.add(
    `The stored values of ${command.column} are good for the new type as they are (measured on 13 to 18).`,
  );
}

/** The server does not compare expressions and conditions with what they were before: it builds such an index anew. */
function isComputed(index: Index): boolean {
  return index.predicate !== null || index.keys.some((key) => key.column === null);
}

function isSortedBy(index: Index, column: string): boolean {
  return index.keys.some((key) => key.column === column);
}

/**
 * A foreign key is built anew with the type: its other table is locked, and both are read when values are rewritten, or
 * compared by another operator from now on (measured on 13 and 18: text to bpchar).
 */
function lockForeignKeyPeers(context: FactsContext, table: Table, column: string, cost: TypeChangeCost): void {
  const { draft } = context;
  const key = relationKey(table.name);
  const isRewrite = cost.kind === 'rewrite';
  const isCompared = cost.kind === 'free' && !cost.sameIndexOrder;
  const reads = (child: Table, parent: string): void => {
    if (!isRewrite && !isCompared) return;
    const target = tableOf(context.catalog, parent);
    if (target === null) draft.scans.add(parent);
    for (const side of target === null ? [child] : [child, target]) {
      for (const one of withPartitions(context, side)) if (hasStorage(one)) draft.scans.add(relationKey(one.name));
    }
  };
  for (const constraint of table.constraints) {
    if (constraint.kind !== 'foreign-key' || !constraint.columns.includes(column)) continue;
    lockFormerReference(context, constraint.references);
    lockOtherSide(context, constraint.references, 'SHARE ROW EXCLUSIVE');
    if (constraint.valid) reads(table, constraint.references);
  }
  for (const peer of referencingTables(context.catalog, key)) {
    if (!peer.constraint.referencedColumns.includes(column)) continue;
    addLock(draft, relationKey(peer.table.name), 'ACCESS EXCLUSIVE');
    if (peer.constraint.valid) reads(peer.table, key);
  }
}

function refuseUnderDependents(context: FactsContext, table: Table, column: string): void {
  const { draft, version } = context;
  const { certain, possible } = viewsOver(context, relationKey(table.name), column);
  if (certain[0] !== undefined) addFailure(draft, '0A000', `the view ${certain[0]} reads ${column}`);
  if (possible.length > 0) draft.unknown.add(`Whether ${possible.join(', ')} reads ${column} is not known here.`);
  const [policy] = policiesNaming(context, relationKey(table.name), column);
  if (policy !== undefined)
    addFailure(draft, '0A000', `the policy ${policy.policy} of ${policy.table} names ${column}`);
  if ((table.rules ?? []).length > 0)
    draft.unknown.add(`Whether a rule of ${relationKey(table.name)} names ${column} is not known.`);
  const trigger = table.triggers.find((one) => one.columns.includes(column));
  if (trigger !== undefined) addFailure(draft, '0A000', `the trigger ${trigger.name} names ${column}`);
  const generated = table.columns.find(
    (one) => one.generated !== null && one.default?.columns.includes(column) === true,
  );
  if (generated !== undefined) {
    addFailure(
      draft,
      version.major >= 15 ? '0A000' : '42601',
      `the generated column ${generated.name} is computed from ${column}`,
    );
  }
}
