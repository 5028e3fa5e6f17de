import type { Table } from '../../model/catalog.ts';
import { ownedSequences, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { inPreparation } from './alter-pass.ts';
import { type FactsContext, hasStorage, isKnown } from './facts-context.ts';
import { addFailure, addLock, addLocks } from './facts-draft.ts';
import { referencesTo } from './references.ts';

/** SET LOGGED and SET UNLOGGED copy the table, unless it is that already. */
export function setPersistenceFacts(context: FactsContext, table: Table, kind: 'set-logged' | 'set-unlogged'): void {
  const { draft, version } = context;
  const key = relationKey(table.name);
  addLock(draft, key, 'ACCESS EXCLUSIVE');
  const target = kind === 'set-logged' ? 'permanent' : 'unlogged';
  if (!hasStorage(table)) {
    if (version.major >= 18) addFailure(draft, '42809', `${key} is partitioned and has no storage of its own`);
    else if (table.persistence !== target) inPreparation(draft, () => refuseMixedReferences(context, table, kind));
    draft.because.add('A partitioned table has no rows of its own; its partitions stay as they are.');
    return;
  }
  if (isKnown(table) && table.persistence === target) {
    draft.because.add(`The table is ${target} already.`);
    return;
  }
  inPreparation(draft, () => {
    const publication = context.catalog.publications?.find((one) => one.tables.includes(key));
    if (kind === 'set-unlogged' && publication !== undefined) {
      addFailure(draft, '55000', `${key} is part of the publication ${publication.name}`);
    }
    refuseMixedReferences(context, table, kind);
  });
  draft.rewrites.add(key);
  draft.because.add('The whole table is copied to change whether it is written to the WAL.');
  if (version.major >= 15) addLocks(draft, ownedSequences(context.catalog, key, null), 'ACCESS EXCLUSIVE');
}

/** What survives a crash must not refer to what does not. */
function refuseMixedReferences(context: FactsContext, table: Table, kind: 'set-logged' | 'set-unlogged'): void {
  const key = relationKey(table.name);
  const others =
    kind === 'set-logged'
      ? table.constraints.flatMap((one) =>
          one.kind === 'foreign-key' ? (tableOf(context.catalog, one.references) ?? []) : [],
        )
      : referencesTo(context, table).map((peer) => peer.table);
  const inTheWay = others.find(
    (one) => relationKey(one.name) !== key && one.persistence === (kind === 'set-logged' ? 'unlogged' : 'permanent'),
  );
  if (inTheWay === undefined) return;
  addFailure(
    context.draft,
    '42P16',
    `a foreign key ties ${key} to ${relationKey(inTheWay.name)}, which is ${inTheWay.persistence}`,
  );
}
