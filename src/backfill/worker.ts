import type { Connection } from '../db/connection.ts';
import { pauseUntil } from '../guard/supervise.ts';
import { readBackfill } from './backfill-books.ts';
import { openWorkerSession } from './backfill-session.ts';
import { batchFailureKind } from './batch-failure.ts';
import { beginNextPass } from './begin-pass.ts';
import { claimRange, releaseRange } from './claim-range.ts';
import { keyTypes } from './walk-keys.ts';
import { type WorkerPace, walkRange } from './walk-range.ts';
import type { WalkedTable } from './walked-table.ts';
import type { WorkContext } from './work-context.ts';

const BUSY_PAUSE_MS = 100;
const LOCKED_PAUSE_MS = { first: 100, most: 5_000 };
const RECONNECT_PAUSE_MS = { first: 200, most: 10_000 };
const RECONNECT_FOR_MS = 120_000;
/** Where rows keep moving, another walk would find others again. */
const MOST_PASSES = 5;

/**
 * Claims ranges and walks them until nothing is open any more or the work ends. A session that is lost is opened anew:
 * the cursor in the books says where to go on.
 *
 * @param isWanted whether this worker is still among those that the settings want.
 */
export async function runWorker(context: WorkContext, index: number, isWanted: () => boolean): Promise<void> {
  let lostAt: number | null = null;
  let pause = RECONNECT_PAUSE_MS.first;
  while (context.gate.ending === null && isWanted()) {
    let session: Connection | null = null;
    try {
      session = await openWorkerSession(context.url, context.backfill.id, index, {
        settings: context.gate.settings,
        walk: context.backfill.walk,
      });
      await walkAll(context, session, isWanted, () => {
        lostAt = null;
        pause = RECONNECT_PAUSE_MS.first;
      });
      return;
    } catch (error) {
      lostAt ??= performance.now();
      // Other sessions of this run stood already, so whatever keeps this one from the server may pass.
      if (batchFailureKind(error) !== 'connection' || performance.now() - lostAt > RECONNECT_FOR_MS)
        return endWith(context, error);
      await pauseUntil(pause, context.gate.over);
      pause = Math.min(RECONNECT_PAUSE_MS.most, pause * 2);
    } finally {
      await session?.close();
    }
  }
}

/** Whether a person has to mend something before it can go on. */
function endWith({ gate }: WorkContext, error: unknown): void {
  const kind = batchFailureKind(error);
  const message = error instanceof Error ? error.message : String(error);
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  gate.end({ outcome: kind === 'fault' ? 'failed' : 'stopped', message: sentence });
}

async function walkAll(
  context: WorkContext,
  session: Connection,
  isWanted: () => boolean,
  onProgress: () => void,
): Promise<void> {
  const { backfill, gate, failpoint } = context;
  const tables = new Map<string, WalkedTable>();
  const pace: WorkerPace = { sizes: new Map() };
  let lockedSince: number | null = null;
  let lockedPause = LOCKED_PAUSE_MS.first;
  while (isWanted() && (await gate.pass())) {
    const claim = await claimRange(session, backfill.id);
    if (claim.kind === 'none') {
      if (await nextPass(context, session)) continue;
      return;
    }
    if (claim.kind === 'busy') {
      await pauseUntil(BUSY_PAUSE_MS, gate.over);
      continue;
    }
    failpoint.pass('after/claim');
    const { range } = claim;
    const table = tables.get(range.relation) ?? (await walkedTable(context, session, range.relation));
    tables.set(range.relation, table);
    const end = await walkRange(context, session, table, range, pace);
    await releaseRange(session, range.id);
    failpoint.pass('after/range');
    onProgress();
    if (end === 'left') return;
    if (end === 'walked') {
      lockedSince = null;
      lockedPause = LOCKED_PAUSE_MS.first;
      continue;
    }
    lockedSince ??= performance.now();
    if (performance.now() - lockedSince > gate.settings.maxWaitMs) return giveUpWaiting(context, range.relation);
    await pauseUntil(lockedPause, gate.over);
    lockedPause = Math.min(LOCKED_PAUSE_MS.most, lockedPause * 2);
  }
}

async function walkedTable({ backfill }: WorkContext, session: Connection, relation: string): Promise<WalkedTable> {
  const keyColumns = backfill.walk.kind === 'keys' ? backfill.definition.keyColumns : [];
  const table: WalkedTable = { table: relation, keyColumns, batchRows: 1 };
  return keyColumns.length === 0 ? table : { ...table, keyTypes: await keyTypes(session, table) };
}

function giveUpWaiting({ gate }: WorkContext, relation: string): void {
  const minutes = Math.max(1, Math.round(gate.settings.maxWaitMs / 60_000));
  gate.end({
    outcome: 'stopped',
    message: `Rows of ${relation} stayed locked by others for ${minutes} min; all others are done.`,
  });
}

/** Whether there is another pass to walk. */
async function nextPass(context: WorkContext, session: Connection): Promise<boolean> {
  const current = await readBackfill(session, context.backfill.id);
  if (current === null || current.state !== 'running') return false;
  if (!(await beginNextPass(session, current, MOST_PASSES))) return false;
  const after = await readBackfill(session, context.backfill.id);
  if (after !== null && after.pass > current.pass) {
    const why = 'rows that the application changed may have moved behind the walk';
    context.emit({ type: 'backfill:pass', pass: after.pass, why });
    context.failpoint.pass('after/pass');
  }
  return after !== null && after.rangesOpen > 0;
}
