import { readBackfillBlock } from '../model/backfill-block.ts';
import type { Statement } from '../model/statement.ts';
import { noRowMatches, recordedInLedger } from './post-condition.ts';
import type { BackfillDraft } from './step-draft.ts';

/** The backfill that `plan --write` put into a file as a block of code: it is run batch by batch, and can be resumed. */
export function writtenBackfill({ sql }: Statement): BackfillDraft | null {
  const block = readBackfillBlock(sql);
  if (block === null) return null;
  const { table, assignments, where, keyColumns } = block;
  return {
    kind: 'backfill',
    name: `backfill-${table}`,
    phase: 'migrate',
    why: 'The block of code walks over the rows in small batches: so do we, and can go on where we stopped.',
    table,
    assignments,
    where,
    keyColumns,
    ...(block.once === true ? { once: block.once } : {}),
    undo: [],
    postCondition: block.once === true ? recordedInLedger() : noRowMatches(table, where),
  };
}
