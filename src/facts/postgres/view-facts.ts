import type {
  CreateFunction,
  CreateTrigger,
  CreateView,
  RefreshMaterializedView,
  TableAttachment,
} from '../../model/action.ts';
import type { View } from '../../model/catalog.ts';
import { findRelation, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import {
  type FactsContext,
  hasStorage,
  isKnown,
  isTaken,
  keyOf,
  lockTree,
  lookUp,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';

/** CREATE [OR REPLACE] VIEW: looks at what its query names, and locks the view itself when it replaces one. */
export function createViewFacts(context: FactsContext, action: CreateView): void {
  const { draft } = context;
  for (const read of action.reads) {
    lookUp(context, read);
    addLock(draft, keyOf(context, read), 'ACCESS SHARE');
  }
  const existing = findRelation(context.catalog, action.name);
  if (!isTaken(context, action.name)) {
    draft.because.add('The view is new: nobody can be waiting for it.');
    return;
  }
  const key = keyOf(context, action.name);
  if (!action.replace) addFailure(draft, '42P07', `${key} exists already`);
  else if (existing?.kind !== 'view') addFailure(draft, '42809', `${key} is not a view`);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.because.add('Replacing a view takes ACCESS EXCLUSIVE on the view; its tables are only looked at.');
}

/** REFRESH MATERIALIZED VIEW: readers wait for the whole query, unless it is CONCURRENTLY. */
export function refreshFacts(context: FactsContext, action: RefreshMaterializedView): void {
  const { draft } = context;
  const relation = lookUp(context, action.name);
  const key = keyOf(context, action.name);
  addLock(draft, key, action.concurrently ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  if (relation !== null && relation.kind !== 'materialized-view') {
    return addFailure(draft, '0A000', `${key} is not a materialized view`);
  }
  if (action.concurrently && !action.withData) addFailure(draft, '42601', 'CONCURRENTLY needs data to compare with');
  if (!action.withData) {
    draft.losses.add(`all rows of ${key}`);
    draft.because.add('WITH NO DATA empties the view: it cannot be read until it is refreshed again.');
    return;
  }
  if (action.concurrently && relation !== null && !hasUniqueIndex(relation)) {
    addFailure(draft, '55000', `${key} has no unique index over columns without a condition`);
  }
  if (!action.concurrently) draft.rewrites.add(key);
  if (relation?.kind === 'materialized-view') {
    if (action.concurrently) draft.scans.add(key);
    for (const read of relation.reads) lockSource(context, read.relation);
  }
  draft.because.add(
    action.concurrently
      ? 'CONCURRENTLY lets readers go on; other refreshes wait.'
      : 'REFRESH builds the view anew under ACCESS EXCLUSIVE: readers wait until it is done (measured on 13 to 18).',
  );
}

function hasUniqueIndex(view: View): boolean {
  return view.indexes.some(
    (one) => one.unique && one.valid && one.predicate === null && one.keys.every((key) => key.column !== null),
  );
}

function lockSource(context: FactsContext, key: string): void {
  const relation = context.catalog.relations[key];
  addLock(context.draft, key, 'ACCESS SHARE');
  if (relation?.kind === 'view') for (const read of relation.reads) lockSource(context, read.relation);
  const table = tableOf(context.catalog, key);
  if (table === null) return;
  for (const one of withDescendants(context, table)) {
    addLock(context.draft, relationKey(one.name), 'ACCESS SHARE');
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
}

/** CREATE TRIGGER: SHARE ROW EXCLUSIVE, brief; writers wait, readers go on. */
export function createTriggerFacts(context: FactsContext, action: CreateTrigger): void {
  const { draft } = context;
  const relation = lookUp(context, action.table);
  const key = keyOf(context, action.table);
  addLock(draft, key, 'SHARE ROW EXCLUSIVE');
  if (relation?.kind === 'table') {
    const isSpread = relation.partitionBy !== null && action.forEachRow !== false;
    if (isSpread) lockTree(context, relation, 'SHARE ROW EXCLUSIVE');
    if (!action.replace && relation.triggers.some((one) => one.name === action.name)) {
      addFailure(draft, '42710', `${key} has a trigger ${action.name} already`);
    }
  }
  if (action.references !== null) addLock(draft, keyOf(context, action.references), 'ACCESS SHARE');
  draft.because.add(
    'CREATE TRIGGER takes SHARE ROW EXCLUSIVE for a moment: writes wait, reads go on (measured on 13 to 18).',
  );
}

/** CREATE RULE, CREATE POLICY, ALTER POLICY: ACCESS EXCLUSIVE for a moment; what their text names is looked at. */
export function attachmentFacts(context: FactsContext, action: TableAttachment): void {
  const { draft } = context;
  const relation = lookUp(context, action.table);
  const key = keyOf(context, action.table);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  if (relation?.kind === 'table' && isKnown(relation) && action.kind !== 'create-rule') {
    const isThere = relation.policies.includes(action.name);
    if (action.kind === 'create-policy' && isThere)
      addFailure(draft, '42710', `${key} has a policy ${action.name} already`);
    if (action.kind === 'alter-policy' && !isThere) addFailure(draft, '42704', `${key} has no policy ${action.name}`);
  }
  lockNamed(context, action);
  draft.because.add('Only the catalog changes, yet the table is locked against everybody while it does.');
}

/** CREATE FUNCTION: the server looks up what an SQL body names when the function is made. */
export function createFunctionFacts(context: FactsContext, action: CreateFunction): void {
  lockNamed(context, action);
  context.draft.because.add('The function is not run; at most, what its body names is looked at.');
}

function lockNamed(context: FactsContext, action: Pick<CreateFunction, 'reads' | 'writes'>): void {
  for (const [names, mode] of [
    [action.reads ?? [], 'ACCESS SHARE'],
    [action.writes ?? [], 'ROW EXCLUSIVE'],
  ] as const) {
    for (const name of names) {
      lookUp(context, name);
      addLock(context.draft, keyOf(context, name), mode);
    }
  }
}
