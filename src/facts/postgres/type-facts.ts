import type {
  AlterDomain,
  AlterEnum,
  AlterSequence,
  CreateDomain,
  CreateEnum,
  CreateSequence,
  CreateType,
} from '../../model/action.ts';
import type { Relation, UserType } from '../../model/catalog.ts';
import { findRelation, findType, nameForCreation, tableOf } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, isTaken, keyOf, lookUp, requireColumn } from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { refuseUnknownType } from './refuse-unknown.ts';

/** CREATE TYPE ... AS ENUM and CREATE DOMAIN: nothing is locked; the name must be free. */
export function createTypeFacts(context: FactsContext, action: CreateEnum | CreateDomain): void {
  const key = relationKey(nameForCreation(context.catalog, action.name));
  refuseTakenType(context, key);
  if (action.kind === 'create-domain') refuseUnknownType(context, action.base);
  context.draft.because.add('The type is new: nobody can be waiting for it.');
}

/** Every relation is a type of its rows, too. */
function refuseTakenType(context: FactsContext, key: RelationKey): void {
  const isTypeName = context.catalog.types[key] !== undefined || context.catalog.relations[key] !== undefined;
  if (isTypeName) addFailure(context.draft, '42710', `there is a type ${key} already`);
}

/** ALTER TYPE of a composite type: it is a relation to the server, and the tables that use it stand in the way. */
export function compositeTypeFacts(context: FactsContext, action: CreateType): void {
  if (action.verb === 'create') {
    const name = nameForCreation(context.catalog, action.name);
    if (action.type === 'composite' && findRelation(context.catalog, name) !== null) {
      addFailure(context.draft, '42P07', `there is a relation ${action.name.name} already`);
    }
    return refuseTakenType(context, relationKey(name));
  }
  const type = findType(context.catalog, action.name);
  if (type === null && action.verb === 'alter' && context.catalogIsComplete) {
    addFailure(context.draft, action.type === 'composite' ? '42P01' : '42704', `there is no type ${action.name.name}`);
  }
  if (type?.kind !== 'composite') return;
  addLock(context.draft, relationKey(type.name), 'ACCESS EXCLUSIVE');
  const user = usersOf(context, type)[0];
  if (user !== undefined) context.draft.unknown.add(`${user.key} uses the type; some of its changes are refused then.`);
}

/** The enum that a statement changes; a complete catalog that lacks it makes the statement fail. */
function lookUpType(context: FactsContext, name: RelationReference): UserType | null {
  const type = findType(context.catalog, name);
  if (type === null && context.catalogIsComplete) addFailure(context.draft, '42704', `there is no type ${name.name}`);
  return type;
}

/** ALTER TYPE of an enum never locks a table (measured on 13 to 18). */
export function alterEnumFacts(context: FactsContext, action: AlterEnum): void {
  const { draft } = context;
  const { change } = action;
  const type = lookUpType(context, action.name);
  const labels = type?.kind === 'enum' ? type.labels : null;
  draft.because.add('Changing the values of an enum locks no table.');
  if (change.kind === 'add-value') {
    if (labels?.includes(change.label) === true && !change.ifNotExists) {
      addFailure(draft, '42710', `${action.name.name} has the value '${change.label}' already`);
    }
    if (labels !== null && change.neighbor !== null && !labels.includes(change.neighbor)) {
      addFailure(draft, '22023', `${action.name.name} has no value '${change.neighbor}'`);
    }
    draft.because.add('The new value cannot be used before the transaction that adds it commits (55P04).');
    return;
  }
  if (labels !== null && !labels.includes(change.from)) {
    addFailure(draft, '22023', `${action.name.name} has no value '${change.from}'`);
  } else if (labels?.includes(change.to) === true) {
    addFailure(draft, '42710', `${action.name.name} has the value '${change.to}' already`);
  }
  draft.breaks.push({
    kind: 'renamed',
    what: `${action.name.name}.${change.from}`,
    sentence: `Statements that use the value '${change.from}' fail with 22P02.`,
  });
}

/** ALTER DOMAIN: a check of existing values holds SHARE on every table that uses the domain and reads it. */
export function alterDomainFacts(context: FactsContext, action: AlterDomain): void {
  const { draft } = context;
  const { change } = action;
  const type = lookUpType(context, action.name);
  const checksRows =
    (change.kind === 'add-constraint' && change.valid) ||
    change.kind === 'validate-constraint' ||
    change.kind === 'set-not-null';
  if (type !== null) refuseDomainChange(context, type, action);
  const isGivenAlready = change.kind === 'set-not-null' && type?.kind === 'domain' && type.notNull;
  if (!checksRows || isGivenAlready) {
    draft.because.add('Only the domain changes; no table is locked.');
    return;
  }
  for (const { key, column, isStored } of type === null ? [] : usersOf(context, type)) {
    if (column.arrayDimensions > 0) addFailure(draft, '0A000', `${key} uses arrays of ${action.name.name}`);
    addLock(draft, key, 'SHARE');
    if (isStored) draft.scans.add(key);
  }
  for (const view of viewsThatMayUse(context, type)) {
    draft.unknown.add(
      `Whether the materialized view ${view} has a column of the domain is not known; it is locked then.`,
    );
  }
  draft.because.add(
    'Every table that uses the domain is read under SHARE: writes wait meanwhile (measured on 13 to 18).',
  );
}

function refuseDomainChange(context: FactsContext, type: UserType, { change }: AlterDomain): void {
  if (type.kind !== 'domain' || !('name' in change) || change.name === null) return;
  const isThere = type.constraints.some((one) => one.name === change.name);
  if (change.kind === 'add-constraint') {
    if (isThere) addFailure(context.draft, '42710', `${type.name.name} has a constraint ${change.name} already`);
  } else if (!isThere && (change.kind === 'validate-constraint' || change.ifExists === false)) {
    addFailure(context.draft, '42704', `${type.name.name} has no constraint ${change.name}`);
  }
}

/** Materialized views with columns whose type nobody worked out, over tables that use the domain. */
function viewsThatMayUse(context: FactsContext, type: UserType | null): readonly string[] {
  const users = new Set(type === null ? [] : usersOf(context, type).map((one) => one.key));
  return Object.entries(context.catalog.relations).flatMap(([key, relation]) => {
    if (relation.kind !== 'materialized-view' || relation.columns?.every((column) => column.type !== null)) return [];
    return relation.reads.some((read) => users.has(read.relation)) ? [key] : [];
  });
}

interface TypeUser {
  readonly key: string;
  readonly column: DataType;
  /** false for a partitioned table. */
  readonly isStored: boolean;
}

/** Tables and materialized views that have a column of a type, or of a domain over it, or of an array of either. */
function usersOf(context: FactsContext, type: UserType): readonly TypeUser[] {
  const wanted = relationKey(type.name);
  const isOfType = (candidate: DataType): boolean => {
    const found = findType(context.catalog, candidate);
    if (found === null) return false;
    return relationKey(found.name) === wanted || (found.kind === 'domain' && isOfType(found.base));
  };
  return Object.entries(context.catalog.relations).flatMap(([key, relation]) => {
    if (relation.kind !== 'table' && relation.kind !== 'materialized-view') return [];
    const isStored = relation.kind !== 'table' || hasStorage(relation);
    return (relation.columns ?? []).flatMap(({ type: column }) =>
      column !== null && isOfType(column) ? [{ key, column, isStored }] : [],
    );
  });
}

/** CREATE SEQUENCE locks the table it is OWNED BY only to look at it. */
export function createSequenceFacts(context: FactsContext, action: CreateSequence): void {
  if (isTaken(context, action.name)) {
    if (!action.ifNotExists) addFailure(context.draft, '42P07', `${keyOf(context, action.name)} exists already`);
    return;
  }
  if (action.ownedBy === null) return;
  lookUp(context, action.ownedBy.table);
  addLock(context.draft, keyOf(context, action.ownedBy.table), 'ACCESS SHARE');
}

/** ALTER SEQUENCE: SHARE ROW EXCLUSIVE on the sequence; nextval() waits. */
export function alterSequenceFacts(context: FactsContext, action: AlterSequence): void {
  const { draft } = context;
  const relation = lookUp(context, action.name, { ifExists: action.ifExists });
  if (relation === null && (action.ifExists || context.catalogIsComplete)) return;
  if (relation !== null && relation.kind !== 'sequence') {
    addFailure(draft, '42809', `${relationKey(relation.name)} is not a sequence`);
  }
  addLock(draft, keyOf(context, action.name), 'SHARE ROW EXCLUSIVE');
  if (action.ownedBy !== null && relation?.kind === 'sequence' && relation.ownedBy !== null) {
    const owner = tableOf(context.catalog, relation.ownedBy.relation);
    const isIdentity = owner?.columns.some((one) => one.name === relation.ownedBy?.column && one.identity !== null);
    if (isIdentity === true) addFailure(draft, '0A000', `${action.name.name} belongs to an identity column`);
  }
  if (action.ownedBy !== null && action.ownedBy !== 'none') {
    lookUp(context, action.ownedBy.table);
    addLock(draft, keyOf(context, action.ownedBy.table), 'ACCESS SHARE');
    if (relation !== null) refuseOwner(context, relation, action.ownedBy);
  }
  draft.because.add('ALTER SEQUENCE keeps nextval() waiting for a moment.');
}

/** A sequence lives where its table does. */
function refuseOwner(
  context: FactsContext,
  sequence: Relation,
  owner: { readonly table: RelationReference; readonly column: string },
): void {
  const table = findRelation(context.catalog, owner.table);
  if (table === null || sequence.kind !== 'sequence') return;
  if (table.kind !== 'table') return addFailure(context.draft, '42809', `${relationKey(table.name)} is not a table`);
  if (table.name.schema !== sequence.name.schema) {
    addFailure(context.draft, '55000', `${sequence.name.name} lives in another schema than ${relationKey(table.name)}`);
  }
  requireColumn(context, table, owner.column);
}
