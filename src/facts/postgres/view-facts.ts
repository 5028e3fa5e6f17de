import type { CreateTrigger, CreateView, RefreshMaterializedView, TableAttachment } from '../../model/action.ts';
import type { Relation, View } from '../../model/catalog.ts';
import { findFunction, findRelation, tableOf } from '../../model/catalog-lookup.ts';
import { outputColumns } from '../../model/query-columns.ts';
import { relationKey } from '../../model/relation-name.ts';
import { isSameType } from './base-type.ts';
import {
  type FactsContext,
  hasStorage,
  isKnown,
  isSystemRelation,
  isTaken,
  keyOf,
  lockTree,
  lookUp,
  requireColumn,
  withDescendants,
} from './facts-context.ts';
import { addFailure, addLock } from './facts-draft.ts';
import { lockNamed } from './query-locks.ts';
import { refuseQuery } from './refuse-columns.ts';

/** CREATE [OR REPLACE] VIEW: looks at what its query names, and locks the view itself when it replaces one. */
export function createViewFacts(context: FactsContext, action: CreateView): void {
  const { draft } = context;
  for (const read of action.reads) {
    lookUp(context, read);
    if (!isSystemRelation(read)) addLock(draft, keyOf(context, read), 'ACCESS SHARE');
  }
  refuseQuery(context, action.query, action.reads);
  const existing = findRelation(context.catalog, action.name);
  if (!isTaken(context, action.name)) {
    draft.because.add('The view is new: nobody can be waiting for it.');
    return;
  }
  const key = keyOf(context, action.name);
  if (!action.replace) addFailure(draft, '42P07', `${key} exists already`);
  else if (existing?.kind !== 'view') addFailure(draft, '42809', `${key} is not a view`);
  else refuseOtherColumns(context, existing, action);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.because.add('Replacing a view takes ACCESS EXCLUSIVE on the view; its tables are only looked at.');
}

/** A view may get more columns at its end; those that it has stay as they are, by name and type. */
function refuseOtherColumns(context: FactsContext, view: View, action: CreateView): void {
  const after = outputColumns(context.catalog, action.query, action.reads);
  if (view.columns == null || after === null) return;
  const key = relationKey(view.name);
  for (const [at, before] of view.columns.entries()) {
    const now = after[at];
    if (now === undefined) return addFailure(context.draft, '42P16', `${key} would lose its column ${before.name}`);
    const name = action.aliases?.[at] ?? now.name;
    if (name !== before.name) {
      return addFailure(context.draft, '42P16', `the column ${before.name} of ${key} would become ${name}`);
    }
    if (before.type !== null && now.type !== null && !isSameType(before.type, now.type)) {
      return addFailure(context.draft, '42P16', `the column ${before.name} of ${key} would change its type`);
    }
  }
}

/** REFRESH MATERIALIZED VIEW: readers wait for the whole query, unless it is CONCURRENTLY. */
export function refreshFacts(context: FactsContext, action: RefreshMaterializedView): void {
  const { draft } = context;
  const relation = lookUp(context, action.name);
  const key = keyOf(context, action.name);
  addLock(draft, key, action.concurrently ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  if (relation !== null && relation.kind !== 'materialized-view') {
    return addFailure(draft, relation.kind === 'table' ? '0A000' : '42809', `${key} is not a materialized view`);
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
  refuseTriggerFunction(context, action.function);
  if (relation !== null) refuseTriggerPlace(context, relation, action);
  if (relation?.kind === 'table') {
    const isSpread = relation.partitionBy !== null && action.forEachRow !== false;
    if (isSpread) lockTree(context, relation, 'SHARE ROW EXCLUSIVE');
    const names = new Set([relation.name.name, 'old', 'new']);
    for (const column of action.columns) if (!names.has(column)) requireColumn(context, relation, column);
    if (!action.replace && relation.triggers.some((one) => one.name === action.name)) {
      addFailure(draft, '42710', `${key} has a trigger ${action.name} already`);
    }
    const parent = relation.partitionOf === null ? null : tableOf(context.catalog, relation.partitionOf.parent);
    const isCopy = parent?.triggers.some((one) => one.name === action.name && one.forEachRow === true) === true;
    if (isCopy) addFailure(draft, '42710', `the trigger ${action.name} of ${key} comes from the parent`);
  }
  if (action.references !== null) {
    lookUp(context, action.references);
    addLock(draft, keyOf(context, action.references), 'ACCESS SHARE');
  }
  draft.because.add(
    'CREATE TRIGGER takes SHARE ROW EXCLUSIVE for a moment: writes wait, reads go on (measured on 13 to 18).',
  );
}

/** Views have triggers of rows that stand in for them, and of statements other than TRUNCATE; tables have no INSTEAD OF. */
function refuseTriggerPlace(context: FactsContext, relation: Relation, action: CreateTrigger): void {
  const key = relationKey(relation.name);
  const refuse = (): void => addFailure(context.draft, '42809', `${key} is a ${relation.kind}, which cannot have it`);
  if (relation.kind === 'sequence' || relation.kind === 'materialized-view') return refuse();
  if (action.events?.includes('truncate') === true && action.forEachRow === true) {
    return addFailure(context.draft, '0A000', 'TRUNCATE fires no triggers of rows');
  }
  if (action.timing === 'instead-of' && action.forEachRow === false) {
    return addFailure(context.draft, '0A000', 'INSTEAD OF fires for rows only');
  }
  if (relation.kind === 'table') return action.timing === 'instead-of' ? refuse() : undefined;
  if (action.events?.includes('truncate') === true) refuse();
  if (action.timing !== undefined && action.timing !== 'instead-of' && action.forEachRow === true) refuse();
}

function refuseTriggerFunction(context: FactsContext, name: string): void {
  const { catalog, catalogIsComplete } = context;
  const [first = '', second] = name.split('.');
  const reference = second === undefined ? { schema: null, name } : { schema: first, name: second };
  const found = findFunction(catalog, reference);
  if (found === null) {
    const isMissing = catalogIsComplete && catalog.extensions?.length === 0 && !BUILT_IN_TRIGGERS.has(name);
    if (isMissing) addFailure(context.draft, '42883', `there is no function ${name}()`);
    return;
  }
  const answer = found.overloads?.find((one) => one.arguments.length === 0)?.result ?? null;
  if (answer !== null && answer.name !== 'trigger') {
    addFailure(context.draft, '42P17', `the function ${name} does not return a trigger`);
  }
}

/** Functions that the server brings along for triggers. */
const BUILT_IN_TRIGGERS = new Set([
  'suppress_redundant_updates_trigger',
  'tsvector_update_trigger',
  'tsvector_update_trigger_column',
]);

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
  if (relation?.kind === 'sequence' && action.kind === 'create-rule') {
    addFailure(draft, '42809', `${key} is a sequence, which has no rules`);
  }
  lockNamed(context, action);
  draft.because.add('Only the catalog changes, yet the table is locked against everybody while it does.');
}
