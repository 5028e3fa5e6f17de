import type { ChangeOwner, Rename, SetSchema } from '../../model/action.ts';
import type { Relation, Table } from '../../model/catalog.ts';
import {
  childrenOf,
  findFunction,
  findIndex,
  findRelation,
  findStatistics,
  findType,
  ownedSequences,
  tableOf,
} from '../../model/catalog-lookup.ts';
import { knownColumns } from '../../model/query-columns.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, isKnown, isTaken, keyOf, lockTree, lookUp, requireColumn } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { isInheritedColumn, isInheritedConstraint } from './inheritance.ts';
import { refuseMissingSchema } from './schema-facts.ts';

const RELATION_OBJECTS = new Set(['table', 'view', 'materialized-view', 'sequence']);
const MEMBER_OBJECTS = new Set(['column', 'constraint', 'trigger', 'policy', 'rule']);

/** RENAME: brief, under ACCESS EXCLUSIVE, and old code fails from the moment it commits. */
export function renameFacts(context: FactsContext, action: Rename): void {
  const { draft } = context;
  const isMember = MEMBER_OBJECTS.has(action.object);
  if (!isMember && findIndex(context.catalog, action.name) !== null) return renameIndex(context, action);
  if (action.object === 'index') return renameIndex(context, action);
  if (!isMember && !RELATION_OBJECTS.has(action.object)) {
    lockComposite(context, action.name, action.member === null ? action.object : 'type');
    refuseRename(context, action);
    draft.because.add(`Renaming a ${action.object} locks no table.`);
    return;
  }
  const relation = lookUp(context, action.name, { ifExists: action.ifExists ?? true });
  if (relation === null && context.catalogIsComplete) return;
  const key = keyOf(context, action.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  refuseWord(context, relation, action.object);
  draft.because.add('A rename changes the catalog only.');
  if (isMember) return renameMember(context, relation, action, key);
  draft.breaks.push({ kind: 'renamed', what: key, sentence: `Statements that name ${key} fail with 42P01.` });
  refuseTaken(context, relation?.name.schema ?? action.name.schema, action.to);
}

/** What is no relation needs to be there, and a free name. */
function refuseRename(context: FactsContext, action: Rename): void {
  const { draft, catalog } = context;
  if (!context.catalogIsComplete) return;
  const { name, to, member } = action;
  if (member !== null) {
    if (action.object !== 'domain') return;
    const domain = findType(catalog, name);
    if (domain === null) addFailure(draft, '42704', `there is no domain ${name.name}`);
    const isMissing = domain?.kind === 'domain' && !domain.constraints.some((one) => one.name === member);
    if (isMissing) addFailure(draft, '42704', `the domain ${name.name} has no constraint ${member}`);
    return;
  }
  switch (action.object) {
    case 'type':
    case 'domain': {
      const type = findType(catalog, name);
      if (type === null) return addFailure(draft, '42704', `there is no type ${name.name}`);
      const taken = { schema: type.name.schema, name: to };
      if (type.kind === 'composite') refuseTaken(context, taken.schema, to);
      // Every relation is a type of its rows, too.
      const isTypeName = catalog.types[relationKey(taken)] !== undefined || findRelation(catalog, taken) !== null;
      if (isTypeName) addFailure(draft, '42710', `there is a type ${to} already`);
      return;
    }
    case 'schema':
      if (!catalog.schemas.includes(name.name)) addFailure(draft, '3F000', `there is no schema ${name.name}`);
      if (catalog.schemas.includes(to)) addFailure(draft, '42P06', `there is a schema ${to} already`);
      return;
    case 'statistics':
      if (findStatistics(catalog, name) === null) addFailure(draft, '42704', `there are no statistics ${name.name}`);
      return;
    case 'function':
      if (findFunction(catalog, name) === null && catalog.extensions?.length === 0) {
        addFailure(draft, '42883', `there is no function ${name.name}`);
      }
      return;
    default:
      return;
  }
}

/** ALTER TABLE is for everything; ALTER VIEW and its like say what they want. */
function refuseWord(context: FactsContext, relation: Relation | null, object: string): void {
  if (relation === null || !RELATION_OBJECTS.has(object) || object === 'table' || object === relation.kind) return;
  addFailure(context.draft, '42809', `${relationKey(relation.name)} is no ${object.replace('-', ' ')}`);
}

function renameIndex(context: FactsContext, action: Rename): void {
  const { draft } = context;
  const place = findIndex(context.catalog, action.name);
  draft.because.add('Renaming an index locks the index alone.');
  if (place !== null) return refuseTaken(context, place.relation.name.schema, action.to);
  const relation = findRelation(context.catalog, action.name);
  if (relation !== null) {
    // The server takes the word for what it is about.
    addLock(draft, relationKey(relation.name), 'ACCESS EXCLUSIVE');
    return refuseTaken(context, relation.name.schema, action.to);
  }
  if (context.catalogIsComplete && action.ifExists === false) {
    addFailure(draft, '42P01', `there is no index ${action.name.name}`);
  }
}

function refuseTaken(context: FactsContext, schema: string | null, name: string): void {
  if (isTaken(context, { schema, name })) addFailure(context.draft, '42P07', `${name} exists already`);
}

function renameMember(context: FactsContext, relation: Relation | null, action: Rename, key: string): void {
  const { draft } = context;
  const member = action.member ?? '';
  if (action.object === 'column') {
    const what = `${key}.${member}`;
    draft.breaks.push({ kind: 'renamed', what, sentence: `Statements that name ${what} fail with 42703.` });
  }
  if (relation?.kind === 'sequence' && action.object === 'column') {
    addFailure(draft, '42809', `${key} is a sequence, whose columns have fixed names`);
  }
  if (relation !== null && relation.kind !== 'table' && action.object === 'column') {
    const columns = knownColumns(relation);
    if (columns?.some((one) => one.name === member) === false)
      addFailure(draft, '42703', `there is no column ${key}.${member}`);
    else if (columns?.some((one) => one.name === action.to) === true)
      addFailure(draft, '42701', `${key} has a column ${action.to} already`);
  }
  if (relation?.kind !== 'table') return;
  switch (action.object) {
    case 'column':
      return renameColumn(context, relation, member, action);
    case 'constraint':
      return renameConstraint(context, relation, member, action.to);
    case 'trigger':
      if (isKnown(relation) && !relation.triggers.some((one) => one.name === member)) {
        addFailure(draft, '42704', `${key} has no trigger ${member}`);
      }
      if (relation.triggers.some((one) => one.name === action.to)) {
        addFailure(draft, '42710', `${key} has a trigger ${action.to} already`);
      }
      refuseTriggerCopy(context, relation, member);
      if (relation.partitionBy !== null && context.version.major >= COPIES_FOLLOW_SINCE) {
        lockTree(context, relation, 'ACCESS EXCLUSIVE');
      }
      return;
    case 'rule':
      if (isKnown(relation) && relation.rules?.includes(member) === false) {
        addFailure(draft, '42704', `${key} has no rule ${member}`);
      }
      if (relation.rules?.includes(action.to) === true) {
        addFailure(draft, '42710', `${key} has a rule ${action.to} already`);
      }
      return;
    case 'policy':
      if (isKnown(relation) && !relation.policies.includes(member)) {
        addFailure(draft, '42704', `${key} has no policy ${member}`);
      }
      if (relation.policies.includes(action.to)) addFailure(draft, '42710', `${key} has a policy ${action.to} already`);
      return;
    default:
      return;
  }
}

/** Since 15 a copy of a parent's row trigger goes by the parent's name. */
const COPIES_FOLLOW_SINCE = 15;

function refuseTriggerCopy(context: FactsContext, table: Table, trigger: string): void {
  const parent = table.partitionOf === null ? null : tableOf(context.catalog, table.partitionOf.parent);
  const isCopy = parent?.triggers.some((one) => one.name === trigger && one.forEachRow === true) === true;
  if (!isCopy || context.version.major < COPIES_FOLLOW_SINCE) return;
  addFailure(context.draft, '0A000', `the trigger ${trigger} comes from ${relationKey(parent.name)}`);
}

function renameColumn(context: FactsContext, table: Table, from: string, { to, only }: Rename): void {
  const key = relationKey(table.name);
  if (only === true && childrenOf(context.catalog, key).length > 0) {
    addFailure(context.draft, '42P16', `the tables below ${key} need the new name too`);
  }
  lockTree(context, table, 'ACCESS EXCLUSIVE');
  requireColumn(context, table, from);
  if (isInheritedColumn(context, table, from))
    addFailure(context.draft, '42P16', `${key}.${from} comes from the parent`);
  if (table.columns.some((column) => column.name === to)) {
    addFailure(context.draft, '42701', `${key} has a column ${to} already`);
  }
}

function renameConstraint(context: FactsContext, table: Table, from: string, to: string): void {
  const key = relationKey(table.name);
  const constraint = table.constraints.find((one) => one.name === from);
  if (constraint === undefined) {
    if (isKnown(table)) addFailure(context.draft, '42704', `${key} has no constraint ${from}`);
    return;
  }
  const isInheritable = constraint.kind === 'check' || constraint.kind === 'not-null';
  if (isInheritable) lockTree(context, table, 'ACCESS EXCLUSIVE');
  if (isInheritable && isInheritedConstraint(context, table, constraint)) {
    addFailure(context.draft, '42P16', `${from} of ${key} comes from the parent`);
  }
  if (table.indexes.some((one) => one.constraint === from)) refuseTaken(context, table.name.schema, to);
  if (table.constraints.some((one) => one.name === to)) {
    addFailure(context.draft, '42710', `${key} has a constraint ${to} already`);
  }
}

/** A composite type is a relation of its own to the server. */
export function lockComposite(context: FactsContext, name: RelationReference, object: string): void {
  const type = object === 'type' ? findType(context.catalog, name) : null;
  if (type?.kind === 'composite') addLock(context.draft, relationKey(type.name), 'ACCESS EXCLUSIVE');
}

/** Statistics and types that are not there. */
function refuseOther(context: FactsContext, name: RelationReference, object: string): void {
  const { catalog, draft } = context;
  if (!context.catalogIsComplete) return;
  if (object === 'statistics' && catalog.statistics !== undefined && findStatistics(catalog, name) === null) {
    addFailure(draft, '42704', `there are no statistics ${name.name}`);
  }
  const isType = object === 'type' || object === 'domain';
  if (isType && catalog.extensions?.length === 0 && findType(catalog, name) === null) {
    addFailure(draft, '42704', `there is no type ${name.name}`);
  }
}

export function setSchemaFacts(context: FactsContext, action: SetSchema): void {
  const { draft } = context;
  // What is no relation moves without a lock, even a composite type.
  if (!RELATION_OBJECTS.has(action.object)) return refuseOther(context, action.name, action.object);
  const relation = lookUp(context, action.name, { ifExists: action.ifExists ?? false });
  if (relation === null && context.catalogIsComplete) return;
  const key = keyOf(context, action.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  refuseWord(context, relation, action.object);
  if (relation?.kind === 'sequence' && relation.ownedBy !== null) {
    addFailure(draft, '0A000', `${key} moves with ${relation.ownedBy.relation} only`);
  }
  if (relation?.kind === 'table') addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
  draft.breaks.push({ kind: 'renamed', what: key, sentence: `Statements that name ${key} fail with 42P01.` });
  refuseMissingSchema(context, action.schema);
  if (relation?.name.schema !== action.schema) refuseTaken(context, action.schema, action.name.name);
}

export function changeOwnerFacts(context: FactsContext, action: ChangeOwner): void {
  if (!RELATION_OBJECTS.has(action.object)) {
    refuseOther(context, action.name, action.object);
    return lockComposite(context, action.name, action.object);
  }
  const { draft } = context;
  lookUp(context, action.name);
  const key = keyOf(context, action.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
}
