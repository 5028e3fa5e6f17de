import type { Drop, DropObject } from '../../model/action.ts';
import type { Relation, Table } from '../../model/catalog.ts';
import { findIndex, findRelation, type IndexPlace, tableOf } from '../../model/catalog-lookup.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { dropOther } from './drop-other.ts';
import { dropTable } from './drop-table.ts';
import { ancestorsOf, type FactsContext, isKnown, keyOf, lockTree, lookUp } from './facts-context.ts';
import { addFailure, addLock, addLocks, atRank } from './facts-draft.ts';
import { columnsDrawing } from './nextval-sequences.ts';
import { viewsOver } from './views-over.ts';

/** DROP of anything: ACCESS EXCLUSIVE on what goes, on what hangs on it, and on the other side of foreign keys. */
export function dropFacts(context: FactsContext, action: Drop): void {
  if (action.concurrently) context.draft.transaction = 'outside-only';
  for (const name of action.names) {
    switch (action.object) {
      case 'table':
      case 'foreign-table':
      case 'view':
      case 'materialized-view':
      case 'sequence':
        dropRelation(context, name, action, action.object);
        break;
      case 'index':
        dropIndex(context, name, action);
        break;
      case 'trigger':
      case 'rule':
      case 'policy':
        dropAttachment(context, name, action);
        break;
      default:
        dropOther(context, name, action);
    }
  }
}

const DROPPING = 1;

function dropRelation(context: FactsContext, name: RelationReference, action: Drop, object: DropObject): void {
  const { draft } = context;
  const key = keyOf(context, name);
  if (findIndex(context.catalog, name) !== null) return addFailure(draft, '42809', `${key} is an index`);
  const relation = lookUp(context, name, { ifExists: action.ifExists });
  if (relation === null && (action.ifExists || context.catalogIsComplete)) return;
  if (relation !== null && !isOfKind(relation, object)) {
    return addFailure(
      draft,
      '42809',
      `${key} is a ${relation.kind.replace('-', ' ')}, not a ${object.replace('-', ' ')}`,
    );
  }
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.losses.add(`${object === 'materialized-view' ? 'view' : object} ${key}`);
  if (object !== 'sequence') {
    draft.breaks.push({ kind: 'relation-gone', what: key, sentence: `Statements that name ${key} fail with 42P01.` });
  }
  // All names are looked up before anything is dropped.
  atRank(draft, DROPPING, () => {
    if (relation?.kind === 'table') dropTable(context, relation, action);
    else if (relation?.kind === 'sequence') dropSequence(context, key, action);
    else if (relation !== null) dropView(context, key, action);
  });
}

function isOfKind(relation: Relation, object: DropObject): boolean {
  return relation.kind === object || (relation.kind === 'table' && object === 'foreign-table');
}

function dropView(context: FactsContext, key: string, action: Drop): void {
  const { certain } = viewsOver(context, key, null);
  const dropped = new Set(action.names.map((name) => keyOf(context, name)));
  const left = certain.filter((view) => !dropped.has(view));
  if (action.cascade) addLocks(context.draft, certain, 'ACCESS EXCLUSIVE');
  else if (left[0] !== undefined) addFailure(context.draft, '2BP01', `the view ${left[0]} reads ${key}`);
}

function dropSequence(context: FactsContext, key: string, action: Drop): void {
  const owner = identityOf(context, key);
  if (owner !== null) addFailure(context.draft, '2BP01', `the identity column ${owner} needs ${key}`);
  for (const { table, column } of columnsDrawing(context, key)) {
    if (action.cascade) addLock(context.draft, table, 'ACCESS EXCLUSIVE');
    else addFailure(context.draft, '2BP01', `the default of ${table}.${column} uses ${key}`);
  }
}

/** The identity column that a sequence is a part of, so that it goes with it alone. */
function identityOf(context: FactsContext, key: string): string | null {
  const sequence = context.catalog.relations[key];
  if (sequence?.kind !== 'sequence' || sequence.ownedBy === null) return null;
  const { relation, column } = sequence.ownedBy;
  const owner = tableOf(context.catalog, relation)?.columns.find((one) => one.name === column);
  return owner?.identity == null ? null : `${relation}.${column}`;
}

/** The indexes of the tables above that a partition's index is a part of, the nearest first. */
function wholesOf(context: FactsContext, { relation, index }: IndexPlace): readonly IndexPlace[] {
  if (index.attachedTo === undefined || relation.kind !== 'table') return [];
  for (const above of ancestorsOf(context, relation)) {
    const whole = above.indexes.find((one) => one.name === index.attachedTo);
    if (whole === undefined) continue;
    const place = { relation: above, index: whole };
    return [place, ...wholesOf(context, place)];
  }
  return [];
}

function isNamed({ catalog }: FactsContext, action: Drop, { relation, index }: IndexPlace): boolean {
  return action.names.some((name) => {
    const place = findIndex(catalog, name);
    return place?.index.name === index.name && relationKey(place.relation.name) === relationKey(relation.name);
  });
}

function dropIndex(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const place = findIndex(context.catalog, name);
  if (place === null) return missingIndex(context, name, action);
  const { relation: owner, index } = place;
  if (index.constraint !== null) {
    addFailure(draft, '2BP01', `the constraint ${index.constraint} needs the index ${name.name}`);
  }
  if (index.attachedTo !== undefined && !wholesOf(context, place).some((one) => isNamed(context, action, one))) {
    addFailure(draft, '2BP01', `the index ${name.name} is a part of ${index.attachedTo}`);
  }
  const mode = action.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  if (owner.kind === 'table' && owner.partitionBy !== null) {
    if (action.concurrently)
      return addFailure(draft, '0A000', 'an index of a partitioned table cannot be dropped concurrently');
    lockTree(context, owner, mode);
  }
  addLock(draft, relationKey(owner.name), mode);
  draft.because.add(
    action.concurrently
      ? 'DROP INDEX CONCURRENTLY waits for everybody who uses the table, and nobody waits for it.'
      : 'DROP INDEX takes ACCESS EXCLUSIVE on the table of the index (measured on 13 to 18).',
  );
}

function missingIndex(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const relation = findRelation(context.catalog, name);
  if (relation !== null) addFailure(draft, '42809', `${relationKey(relation.name)} is not an index`);
  else if (!context.catalogIsComplete)
    draft.unknown.add(`The table of the index ${name.name} is not in the schema given; DROP INDEX locks it.`);
  else if (!action.ifExists) addFailure(draft, '42704', `there is no index ${name.name}`);
}

/** DROP TRIGGER, RULE and POLICY: ACCESS EXCLUSIVE on their table, if there is anything to drop. */
function dropAttachment(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const relation = lookUp(context, name, { ifExists: action.ifExists });
  if (relation === null && (action.ifExists || context.catalogIsComplete)) return;
  const there = relation?.kind === 'table' && isKnown(relation) ? attachedTo(relation, action.object) : null;
  if (there !== null) {
    if (action.attachment !== null && !there.includes(action.attachment)) {
      if (!action.ifExists) {
        addFailure(draft, '42704', `${keyOf(context, name)} has no ${action.object} ${action.attachment}`);
      }
      addLock(draft, keyOf(context, name), 'ACCESS SHARE');
      return;
    }
  }
  addLock(draft, keyOf(context, name), 'ACCESS EXCLUSIVE');
  if (relation?.kind === 'table' && action.object === 'trigger') refuseCopy(context, relation, action.attachment);
  if (relation?.kind !== 'table' || action.object !== 'trigger') return;
  const trigger = relation.triggers.find((one) => one.name === action.attachment);
  if (relation.partitionBy !== null && trigger?.forEachRow === true) lockTree(context, relation, 'ACCESS EXCLUSIVE');
}

function attachedTo(table: Table, object: DropObject): readonly string[] | null {
  if (object === 'trigger') return table.triggers.map((one) => one.name);
  return object === 'rule' ? (table.rules ?? null) : table.policies;
}

/** A row trigger of a partitioned table has a copy on each partition, which goes with it alone. */
function refuseCopy(context: FactsContext, table: Table, trigger: string | null): void {
  const parent = table.partitionOf === null ? null : tableOf(context.catalog, table.partitionOf.parent);
  const isCopy = parent?.triggers.some((one) => one.name === trigger && one.forEachRow === true) === true;
  if (isCopy) addFailure(context.draft, '2BP01', `the trigger ${trigger} comes from ${relationKey(parent.name)}`);
}
