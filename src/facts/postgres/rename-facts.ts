import type { ChangeOwner, Rename, SetSchema } from '../../model/action.ts';
import { findRelation, ownedSequences } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, keyOf, lockTree, lookUp } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';

const RELATION_OBJECTS = new Set(['table', 'view', 'materialized-view', 'sequence']);

/** RENAME: brief, under ACCESS EXCLUSIVE, and old code fails from the moment it commits. */
export function renameFacts(context: FactsContext, action: Rename): void {
  const { draft } = context;
  if (action.object === 'index') {
    draft.because.add('Renaming an index locks the index alone.');
    return;
  }
  const isMember = ['column', 'constraint', 'trigger', 'policy', 'rule'].includes(action.object);
  if (!isMember && !RELATION_OBJECTS.has(action.object)) {
    draft.because.add(`Renaming a ${action.object} locks no table.`);
    return;
  }
  const relation = lookUp(context, action.name);
  const key = keyOf(context, action.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  draft.because.add('A rename changes the catalog only.');
  if (action.object === 'column') {
    if (relation?.kind === 'table') {
      lockTree(context, relation, 'ACCESS EXCLUSIVE');
      if (!relation.columns.some((column) => column.name === action.member)) {
        addFailure(draft, '42703', `there is no column ${key}.${action.member}`);
      }
    }
    const what = `${key}.${action.member}`;
    draft.breaks.push({ kind: 'renamed', what, sentence: `Statements that name ${what} fail with 42703.` });
  } else if (action.object === 'constraint') {
    if (relation?.kind === 'table') lockTree(context, relation, 'ACCESS EXCLUSIVE');
  } else if (!isMember) {
    draft.breaks.push({ kind: 'renamed', what: key, sentence: `Statements that name ${key} fail with 42P01.` });
  }
}

export function setSchemaFacts(context: FactsContext, action: SetSchema): void {
  if (!RELATION_OBJECTS.has(action.object)) return;
  const { draft } = context;
  const relation = lookUp(context, action.name);
  const key = keyOf(context, action.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  if (relation?.kind === 'table') addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
  draft.breaks.push({ kind: 'renamed', what: key, sentence: `Statements that name ${key} fail with 42P01.` });
  const target = relationKey({ schema: action.schema, name: action.name.name });
  if (findRelation(context.catalog, { schema: action.schema, name: action.name.name }) !== null) {
    addFailure(draft, '42P07', `${target} exists already`);
  }
}

export function changeOwnerFacts(context: FactsContext, action: ChangeOwner): void {
  if (!RELATION_OBJECTS.has(action.object)) return;
  const { draft } = context;
  lookUp(context, action.name);
  const key = keyOf(context, action.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
}
