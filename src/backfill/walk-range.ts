import type { Connection } from '../db/connection.ts';
import { pauseUntil, supervised } from '../guard/supervise.ts';
import { DatabaseError } from '../model/error.ts';
import { afterBatchFailure, batchFailureKind } from './batch-failure.ts';
import { restartBlocks } from './begin-pass.ts';
import { type ChangedBatch, changeBatch } from './change-batch.ts';
import type { ClaimedRange } from './claim-range.ts';
import { findRowHolder } from './find-row-holder.ts';
import { nextBatchSize, pauseMs } from './pace.ts';
import { deferLocked, putRowAside } from './put-aside.ts';
import type { WalkedTable } from './walked-table.ts';
import type { WorkContext } from './work-context.ts';

/** Who stands behind us for this long is let through: the batch is cancelled and halved. */
const HOLDING_UP_MS = 100;

/**
 * - `walked`: to its end, or given up to somebody else.
 * - `locked`: others hold what is left of it.
 * - `left`: the work ends.
 */
export type RangeEnd = 'walked' | 'locked' | 'left';

/** What a worker has learned on the ranges before. */
export interface WorkerPace {
  /** How many rows or blocks of a table a batch takes by now. */
  readonly sizes: Map<string, number>;
}

interface Place {
  readonly session: Connection;
  readonly table: WalkedTable;
  range: ClaimedRange;
}

/**
 * Walks a claimed range, batch by batch, until its end, until what is left of it is locked by others, or until the work
 * ends.
 *
 * @throws DatabaseError, ConnectionError for what is no matter of single rows.
 */
export async function walkRange(
  context: WorkContext,
  session: Connection,
  table: WalkedTable,
  claimed: ClaimedRange,
  pace: WorkerPace,
): Promise<RangeEnd> {
  // A range that nobody had trouble with begins at the pace of the one before.
  const size = claimed.tries === 0 ? Math.max(claimed.size, pace.sizes.get(table.table) ?? 0) : claimed.size;
  const place: Place = { session, table, range: { ...claimed, size } };
  while (await context.gate.pass()) {
    context.failpoint.pass('before/batch');
    const startedAt = performance.now();
    const attempt = await watchedBatch(context, place);
    const elapsedMs = performance.now() - startedAt;
    if (attempt.status === 'rejected') {
      const end = await afterFailure(context, place, attempt.reason, attempt.holder);
      if (end !== null) return end;
      continue;
    }
    context.failpoint.pass('after/batch');
    if (attempt.value === null) {
      await restart(context, place);
      return 'walked';
    }
    const { changed, walked, cursor } = attempt.value;
    context.onBatch({ changed, walked, elapsedMs });
    const { batchTargetMs, dutyCycle } = context.gate.settings;
    if (cursor === null) return 'walked';
    const size = nextBatchSize(place.range.size, elapsedMs, batchTargetMs);
    pace.sizes.set(table.table, size);
    place.range = { ...place.range, cursor, size };
    const pause = pauseMs(changed, elapsedMs, Math.random(), dutyCycle);
    if (pause > 0) await pauseUntil(pause, context.gate.over);
  }
  return 'left';
}

type Attempt =
  | { readonly status: 'fulfilled'; readonly value: ChangedBatch | null }
  | { readonly status: 'rejected'; readonly reason: unknown; readonly holder: string | null };

/** One batch under the eyes of the control session: who it waits for is remembered, who waits for it is let through. */
async function watchedBatch(context: WorkContext, { session, table, range }: Place): Promise<Attempt> {
  const { control, backfill } = context;
  let holder: string | null = null;
  const watch = {
    pid: session.pid,
    firstLookMs: HOLDING_UP_MS,
    everyMs: HOLDING_UP_MS,
    // A single row is held as shortly as can be.
    budget: range.size > 1 ? { maxQueued: null, maxStallMs: HOLDING_UP_MS } : null,
    stop: null,
    onLook: async () => {
      holder = (await findRowHolder(control, session.pid)) ?? holder;
    },
  };
  const { result } = await supervised(control, watch, () => changeBatch(session, backfill.definition, table, range));
  return result.status === 'fulfilled'
    ? { status: 'fulfilled', value: result.value }
    : { status: 'rejected', reason: result.reason, holder };
}

/** What becomes of the range; null: it is walked on. */
async function afterFailure(
  context: WorkContext,
  place: Place,
  error: unknown,
  holder: string | null,
): Promise<RangeEnd | null> {
  const kind = batchFailureKind(error);
  if (kind === 'range-lost') return 'walked';
  if ((kind !== 'locked' && kind !== 'data') || !(error instanceof DatabaseError)) throw error;
  const next = afterBatchFailure(place.range.size);
  if (next.kind === 'smaller') {
    place.range = { ...place.range, size: next.size };
    return null;
  }
  try {
    return kind === 'locked' ? await defer(context, place, error, holder) : await putAside(context, place, error);
  } catch (second) {
    if (batchFailureKind(second) === 'range-lost') return 'walked';
    // Row by row through a block, one of the others turned out to be locked.
    if (batchFailureKind(second) !== 'locked' || !(second instanceof DatabaseError)) throw second;
    return defer(context, place, second, null);
  }
}

async function defer(
  context: WorkContext,
  place: Place,
  error: DatabaseError,
  holder: string | null,
): Promise<RangeEnd | null> {
  context.failpoint.pass('before/defer');
  const { session, table, range } = place;
  const who = holder === null ? `a row or block of it does not go (${error.message})` : `${holder} holds a row of it`;
  // Told at the first, second, fourth, eighth try: a row may stay locked for long.
  const tries = range.tries + 1;
  const isTold = (tries & (tries - 1)) === 0;
  if (isTold)
    context.emit({ type: 'backfill:row-locked', sentence: `${range.relation}: ${who}; it is tried again at the end` });
  const cursor = await deferLocked(session, table, range);
  context.failpoint.pass('after/defer');
  if (cursor === null) return 'locked';
  place.range = { ...place.range, cursor };
  return null;
}

async function putAside(context: WorkContext, place: Place, error: DatabaseError): Promise<RangeEnd | null> {
  context.failpoint.pass('before/put-aside');
  const { session, table, range } = place;
  const { backfill, gate } = context;
  const { failureBudget } = gate.settings;
  const what = { backfill: backfill.id, definition: backfill.definition, failureBudget };
  const { cursor, rows, beyondBudget, changed } = await putRowAside(session, what, table, range, error);
  context.failpoint.pass('after/put-aside');
  for (const row of rows) context.emit({ type: 'backfill:row-put-aside', ...row });
  if (beyondBudget !== null) {
    const key = Object.entries(beyondBudget.key).map(([name, value]) => `${name} = ${value}`);
    const room = failureBudget === 0 ? 'its failure budget is 0' : `its failure budget of ${failureBudget} is used up`;
    const message = `The row of ${beyondBudget.relation} with ${key.join(', ')} cannot be changed: ${beyondBudget.message} (SQLSTATE ${beyondBudget.sqlstate}), and ${room}.`;
    gate.end({ outcome: 'failed', message });
    return 'left';
  }
  context.onBatch({ changed, walked: 1, elapsedMs: 0 });
  if (cursor === null) return 'walked';
  place.range = { ...place.range, cursor };
  return null;
}

async function restart(context: WorkContext, { session, range }: Place): Promise<void> {
  if (range.cursor.kind !== 'blocks') return;
  context.emit({
    type: 'backfill:note',
    note: `The file of ${range.relation} was written anew meanwhile, so its blocks are walked from the first one again.`,
  });
  await restartBlocks(session, context.backfill, range.relation, range.cursor.file);
}
