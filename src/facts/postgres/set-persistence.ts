import type { Table } from '../../model/catalog.ts';
import { ownedSequences } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import type { FactsContext } from './facts-context.ts';
import { addLock } from './facts-draft.ts';

/** SET LOGGED and SET UNLOGGED copy the table, unless it is that already. */
export function setPersistenceFacts(context: FactsContext, table: Table, kind: 'set-logged' | 'set-unlogged'): void {
  const key = relationKey(table.name);
  addLock(context.draft, key, 'ACCESS EXCLUSIVE');
  const isAlready = table.persistence === (kind === 'set-logged' ? 'permanent' : 'unlogged');
  if (isAlready && table.columns.length > 0) return;
  context.draft.rewrites.add(key);
  context.draft.because.add('The whole table is copied to change whether it is written to the WAL.');
  if (context.version.major < 15) return;
  for (const sequence of ownedSequences(context.catalog, key, null))
    addLock(context.draft, sequence, 'ACCESS EXCLUSIVE');
}
