import type { AlterDomain, AlterEnum, AlterSequence, CreateSequence } from '../../model/action.ts';
import type { Table } from '../../model/catalog.ts';
import { findRelation } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { type FactsContext, hasStorage, keyOf, lookUp } from './facts-context.ts';
import { addLock } from './facts-draft.ts';

/** ALTER TYPE of an enum never locks a table (measured on 13 to 18). */
export function alterEnumFacts(context: FactsContext, action: AlterEnum): void {
  context.draft.because.add('Changing the values of an enum locks no table.');
  if (action.change.kind === 'add-value') {
    context.draft.because.add('The new value cannot be used before the transaction that adds it commits (55P04).');
  } else {
    const what = `${action.name.name}.${action.change.from}`;
    context.draft.breaks.push({
      kind: 'renamed',
      what,
      sentence: `Statements that use the value '${action.change.from}' fail with 22P02.`,
    });
  }
}

/** ALTER DOMAIN: a check of existing values holds SHARE on every table that uses the domain and reads it. */
export function alterDomainFacts(context: FactsContext, action: AlterDomain): void {
  const { draft } = context;
  const checksRows =
    (action.change.kind === 'add-constraint' && action.change.valid) ||
    action.change.kind === 'validate-constraint' ||
    action.change.kind === 'set-not-null';
  if (!checksRows) {
    draft.because.add('Only the domain changes; no table is locked.');
    return;
  }
  for (const table of tablesUsing(context, action.name.name)) {
    const key = relationKey(table.name);
    addLock(draft, key, 'SHARE');
    if (hasStorage(table)) draft.scans.add(key);
  }
  draft.because.add(
    'Every table that uses the domain is read under SHARE: writes wait meanwhile (measured on 13 to 18).',
  );
}

function tablesUsing(context: FactsContext, domain: string): readonly Table[] {
  return Object.values(context.catalog.relations).filter(
    (one): one is Table => one.kind === 'table' && one.columns.some((column) => column.type.name === domain),
  );
}

/** CREATE SEQUENCE locks the table it is OWNED BY only to look at it. */
export function createSequenceFacts(context: FactsContext, action: CreateSequence): void {
  if (findRelation(context.catalog, action.name) !== null) return;
  if (action.ownedBy === null) return;
  addLock(context.draft, keyOf(context, action.ownedBy.table), 'ACCESS SHARE');
}

/** ALTER SEQUENCE: SHARE ROW EXCLUSIVE on the sequence; nextval() waits. */
export function alterSequenceFacts(context: FactsContext, action: AlterSequence): void {
  const { draft } = context;
  const relation = lookUp(context, action.name);
  if (relation === null && action.ifExists) return;
  addLock(draft, keyOf(context, action.name), 'SHARE ROW EXCLUSIVE');
  if (action.ownedBy !== null && action.ownedBy !== 'none')
    addLock(draft, keyOf(context, action.ownedBy.table), 'ACCESS SHARE');
  draft.because.add('ALTER SEQUENCE keeps nextval() waiting for a moment.');
}
