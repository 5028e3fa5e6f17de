import type { Drop } from '../../model/action.ts';
import type { Table } from '../../model/catalog.ts';
import { findRelation, ownedSequences, referencingTables, tableOf } from '../../model/catalog-lookup.ts';
import { type RelationReference, relationKey } from '../../model/relation-name.ts';
import { type FactsContext, keyOf, lockTree, lookUp, viewsOver, withDescendants } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { ownerOfIndex } from './index-facts.ts';

/** DROP of anything: ACCESS EXCLUSIVE on what goes, on what hangs on it, and on the other side of foreign keys. */
export function dropFacts(context: FactsContext, action: Drop): void {
  if (action.concurrently) context.draft.transaction = 'outside-only';
  for (const name of action.names) {
    switch (action.object) {
      case 'table':
      case 'foreign-table':
        dropTable(context, name, action);
        break;
      case 'view':
      case 'materialized-view':
        dropView(context, name, action);
        break;
      case 'sequence':
        dropSequence(context, name, action);
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

function missing(context: FactsContext, name: RelationReference, action: Drop): boolean {
  if (findRelation(context.catalog, name) !== null) return false;
  if (!action.ifExists) lookUp(context, name);
  return true;
}

function dropTable(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const key = keyOf(context, name);
  const isMissing = missing(context, name, action);
  if (isMissing && action.ifExists) return;
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.losses.add(`table ${key}`);
  draft.breaks.push({ kind: 'relation-gone', what: key, sentence: `Statements that name ${key} fail with 42P01.` });
  const table = tableOf(context.catalog, key);
  if (table === null) return;
  for (const one of withDescendants(context, table)) dropOneTable(context, one, action);
  if (table.partitionOf !== null) {
    addLock(draft, table.partitionOf.parent, 'ACCESS EXCLUSIVE');
    const siblings = Object.values(context.catalog.relations).filter(
      (one): one is Table => one.kind === 'table' && one.partitionOf?.parent === table.partitionOf?.parent,
    );
    const fallback = siblings.find((one) => one.partitionOf?.bound === 'DEFAULT');
    if (fallback !== undefined && fallback !== table) addLock(draft, relationKey(fallback.name), 'ACCESS EXCLUSIVE');
  }
  draft.because.add('DROP TABLE also locks both sides of its foreign keys (measured on 13 to 18).');
}

function dropOneTable(context: FactsContext, table: Table, action: Drop): void {
  const { draft } = context;
  const key = relationKey(table.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
  for (const constraint of table.constraints) {
    if (constraint.kind !== 'foreign-key') continue;
    const target = tableOf(context.catalog, constraint.references);
    if (target === null) addLock(draft, constraint.references, 'ACCESS EXCLUSIVE');
    else lockTree(context, target, 'ACCESS EXCLUSIVE');
  }
  const views = viewsOver(context, key, null);
  const peers = referencingTables(context.catalog, key).filter(
    (peer) => peer.table !== table && !isDroppedToo(context, peer.table, action),
  );
  if (action.cascade) {
    addLocks(draft, views, 'ACCESS EXCLUSIVE');
    for (const view of views) draft.losses.add(`view ${view}`);
    for (const peer of peers) addLock(draft, relationKey(peer.table.name), 'ACCESS EXCLUSIVE');
  } else if (views.length > 0) {
    addFailure(draft, '2BP01', `the view ${views[0]} reads ${key}`);
  } else if (peers[0] !== undefined) {
    addFailure(draft, '2BP01', `${relationKey(peers[0].table.name)} has a foreign key to ${key}`);
  }
}

function isDroppedToo(context: FactsContext, table: Table, action: Drop): boolean {
  return action.names.some((name) => keyOf(context, name) === relationKey(table.name));
}

function dropView(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const key = keyOf(context, name);
  if (missing(context, name, action) && action.ifExists) return;
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.losses.add(`view ${key}`);
  draft.breaks.push({ kind: 'relation-gone', what: key, sentence: `Statements that name ${key} fail with 42P01.` });
  const views = viewsOver(context, key, null);
  if (action.cascade) addLocks(draft, views, 'ACCESS EXCLUSIVE');
  else if (views.length > 0) addFailure(draft, '2BP01', `the view ${views[0]} reads ${key}`);
}

function dropSequence(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const key = keyOf(context, name);
  if (missing(context, name, action) && action.ifExists) return;
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.losses.add(`sequence ${key}`);
  const users = Object.values(context.catalog.relations).filter(
    (one): one is Table =>
      one.kind === 'table' &&
      one.columns.some(
        (column) =>
          column.default?.functions.includes('nextval') === true &&
          new RegExp(`['".]${name.name}['"]`).test(column.default.sql),
      ),
  );
  if (users.length === 0) return;
  if (!action.cascade)
    addFailure(draft, '2BP01', `a default of ${relationKey(users[0]?.name ?? { schema: '', name: '' })} uses ${key}`);
  else for (const table of users) addLock(draft, relationKey(table.name), 'ACCESS EXCLUSIVE');
}

function dropIndex(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft } = context;
  const owner = ownerOfIndex(context, name.name);
  if (owner === null) {
    if (!action.ifExists)
      draft.unknown.add(`The table of the index ${name.name} is not in the schema given; DROP INDEX locks it.`);
    return;
  }
  const index = owner.indexes.find((one) => one.name === name.name);
  if (index?.constraint != null)
    addFailure(draft, '2BP01', `the constraint ${index.constraint} needs the index ${name.name}`);
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

function dropAttachment(context: FactsContext, name: RelationReference, action: Drop): void {
  const relation = findRelation(context.catalog, name);
  if (relation === null) {
    if (action.ifExists) return;
    lookUp(context, name);
  }
  if (relation?.kind === 'table' && action.object === 'trigger')
    lockTree(context, relation, 'ACCESS EXCLUSIVE', relation.partitionBy === null);
  else addLock(context.draft, keyOf(context, name), 'ACCESS EXCLUSIVE');
}

function dropOther(context: FactsContext, name: RelationReference, action: Drop): void {
  const { draft, catalog } = context;
  if (action.object === 'schema' && action.cascade) {
    for (const [key, relation] of Object.entries(catalog.relations)) {
      if (relation.name.schema !== name.name) continue;
      addLock(draft, key, 'ACCESS EXCLUSIVE');
      draft.losses.add(`${relation.kind} ${key}`);
    }
    return;
  }
  if (action.object === 'function') return dropFunction(context, name, action);
  if (action.object === 'type' || action.object === 'domain') return dropType(context, name, action);
  if (action.cascade)
    draft.unknown.add(`What DROP ${action.object.toUpperCase()} ... CASCADE takes along is not known.`);
}

function dropFunction(context: FactsContext, name: RelationReference, action: Drop): void {
  for (const [key, relation] of Object.entries(context.catalog.relations)) {
    if (relation.kind !== 'table') continue;
    const uses = relation.triggers.some(
      (trigger) => trigger.function.split('.').at(-1)?.replaceAll('"', '') === name.name,
    );
    if (!uses) continue;
    if (action.cascade) addLock(context.draft, key, 'ACCESS EXCLUSIVE');
    else addFailure(context.draft, '2BP01', `a trigger of ${key} calls ${name.name}`);
  }
}

function dropType(context: FactsContext, name: RelationReference, action: Drop): void {
  for (const [key, relation] of Object.entries(context.catalog.relations)) {
    if (relation.kind !== 'table') continue;
    const columns = relation.columns.filter((column) => column.type.name === name.name);
    if (columns.length === 0) continue;
    if (!action.cascade)
      return addFailure(context.draft, '2BP01', `the column ${key}.${columns[0]?.name} has the type ${name.name}`);
    addLock(context.draft, key, 'ACCESS EXCLUSIVE');
    addLocks(
      context.draft,
      columns.flatMap((column) => viewsOver(context, key, column.name)),
      'ACCESS EXCLUSIVE',
    );
    for (const column of columns) context.draft.losses.add(`column ${key}.${column.name}`);
  }
}
