import { copyBatch, estimateRows, startPass } from '../backfill/copy-batch.ts';
import type { PassCursor } from '../backfill/pass-cursor.ts';
import { type QueueBudget, supervised } from '../guard/supervise.ts';
import type { BackfillStep } from '../model/plan.ts';
import type { StepAddress } from './command.ts';
import { failureOf, setTimeouts } from './perform-sql.ts';
import type { RunInputDetail } from './state.ts';
import type { Workroom } from './workroom.ts';

/** A batch that keeps others waiting this long is cut off and halved. */
const HOLDING_UP: QueueBudget = { maxQueued: null, maxStallMs: 1_000 };

/** Freezes the bounds of a pass and writes them to the ledger; an interrupted pass is taken up where it was. */
export async function beginPass(
  room: Workroom,
  step: BackfillStep,
  address: StepAddress,
  from: { readonly pass: number; readonly resume: PassCursor | null; readonly rowsDone: number },
): Promise<RunInputDetail> {
  const { worker, ledger } = room;
  const startedAt = performance.now();
  try {
    await setTimeouts(worker, step);
    const rowsEstimate = await estimateRows(worker, step);
    const fresh = await startPass(worker, step, from.pass);
    const cursor = from.resume ?? fresh.cursor;
    await ledger.recordPass(address, cursor);
    return { kind: 'pass-started', cursor, size: fresh.size, rowsDone: from.rowsDone, rowsEstimate };
  } catch (error) {
    return { kind: 'sql-failed', failure: failureOf(error, performance.now() - startedAt) };
  }
}

/** One batch, watched from the control session. */
export async function copyRows(
  room: Workroom,
  step: BackfillStep,
  address: StepAddress,
  batch: { readonly cursor: PassCursor; readonly size: number },
): Promise<RunInputDetail> {
  const { worker, control, ledger } = room;
  const { cursor, size } = batch;
  const home = { migration: address.migration, step: address.step, fence: ledger.fence };
  const startedAt = performance.now();
  const watch = { pid: worker.pid, firstLookMs: 100, everyMs: 100, budget: HOLDING_UP, stop: null };
  const { result, watched } = await supervised(control, watch, () => copyBatch(worker, step, cursor, size, home));
  const elapsedMs = performance.now() - startedAt;
  if (result.status === 'rejected') {
    return { kind: 'sql-failed', failure: failureOf(result.reason, elapsedMs, watched) };
  }
  if (result.value === null) {
    return beginPass(room, step, address, {
      pass: cursor.pass,
      resume: null,
      rowsDone: await doneSoFar(room, address),
    });
  }
  const { changed, rowsDone, cursor: next } = result.value;
  return { kind: 'batch-done', changed, rowsDone, cursor: next, elapsedMs, waiters: watched.maxWaiters };
}

async function doneSoFar(room: Workroom, address: StepAddress): Promise<number> {
  const [row] = await room.control.query<{ n: string }>(
    'SELECT coalesce(rows_done, 0)::text AS n FROM evenkeel.step WHERE migration = $1 AND id = $2',
    [address.migration, address.step],
  );
  return Number(row?.n ?? 0);
}
