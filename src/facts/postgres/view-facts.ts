import type { CreateTrigger, CreateView, RefreshMaterializedView, TableAttachment } from '../../model/action.ts';
import { findRelation, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, keyOf, lockTree, lookUp, withDescendants } from './facts-context.ts';
import { addLock } from './facts-draft.ts';

/** CREATE [OR REPLACE] VIEW: reads what its query names, and locks the view itself when it replaces one. */
export function createViewFacts(context: FactsContext, action: CreateView): void {
  const { draft } = context;
  for (const read of action.reads) {
    lookUp(context, read);
    addLock(draft, keyOf(context, read), 'ACCESS SHARE');
  }
  if (action.replace && findRelation(context.catalog, action.name) !== null) {
    addLock(draft, keyOf(context, action.name), 'ACCESS EXCLUSIVE');
    draft.because.add('Replacing a view takes ACCESS EXCLUSIVE on the view; its tables are only looked at.');
  } else {
    draft.because.add('The view is new: nobody can be waiting for it.');
  }
}

/** REFRESH MATERIALIZED VIEW: readers wait for the whole query, unless it is CONCURRENTLY. */
export function refreshFacts(context: FactsContext, action: RefreshMaterializedView): void {
  const { draft } = context;
  const relation = lookUp(context, action.name);
  const key = keyOf(context, action.name);
  addLock(draft, key, action.concurrently ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  if (!action.concurrently) draft.rewrites.add(key);
  if (relation?.kind === 'materialized-view') {
    if (action.concurrently) draft.scans.add(key);
    for (const read of relation.reads) lockSource(context, read.relation, action.withData);
  }
  draft.because.add(
    action.concurrently
      ? 'CONCURRENTLY lets readers go on; other refreshes wait.'
      : 'REFRESH builds the view anew under ACCESS EXCLUSIVE: readers wait until it is done (measured on 13 to 18).',
  );
}

function lockSource(context: FactsContext, key: string, withData: boolean): void {
  const relation = context.catalog.relations[key];
  addLock(context.draft, key, 'ACCESS SHARE');
  if (relation?.kind === 'view') for (const read of relation.reads) lockSource(context, read.relation, withData);
  const table = tableOf(context.catalog, key);
  if (table === null || !withData) return;
  for (const one of withDescendants(context, table)) {
    addLock(context.draft, relationKey(one.name), 'ACCESS SHARE');
    if (hasStorage(one)) context.draft.scans.add(relationKey(one.name));
  }
}

/** CREATE TRIGGER: SHARE ROW EXCLUSIVE, brief; writers wait, readers go on. */
export function createTriggerFacts(context: FactsContext, action: CreateTrigger): void {
  const { draft } = context;
  const relation = lookUp(context, action.table);
  addLock(draft, keyOf(context, action.table), 'SHARE ROW EXCLUSIVE');
  if (relation?.kind === 'table' && relation.partitionBy !== null) lockTree(context, relation, 'SHARE ROW EXCLUSIVE');
  if (action.references !== null) addLock(draft, keyOf(context, action.references), 'ACCESS SHARE');
  draft.because.add(
    'CREATE TRIGGER takes SHARE ROW EXCLUSIVE for a moment: writes wait, reads go on (measured on 13 to 18).',
  );
}

/** CREATE RULE, CREATE POLICY, ALTER POLICY: ACCESS EXCLUSIVE for a moment. */
export function attachmentFacts(context: FactsContext, action: TableAttachment): void {
  lookUp(context, action.table);
  addLock(context.draft, keyOf(context, action.table), 'ACCESS EXCLUSIVE');
  context.draft.because.add('Only the catalog changes, yet the table is locked against everybody while it does.');
}
