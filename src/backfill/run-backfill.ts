import type { Connection } from '../db/connection.ts';
import { type Failpoint, failpointFromEnvironment } from '../guard/failpoint.ts';
import { pauseUntil } from '../guard/supervise.ts';
import type { BackfillEvent, BackfillEventDetail, BackfillOutcome, BackfillRecord } from '../model/backfill.ts';
import { groupedNumber } from '../model/grouped-number.ts';
import { changeState, finishBackfill, readBackfill, recordHold } from './backfill-books.ts';
import { openControlSession } from './backfill-session.ts';
import { type BackfillEnding, Gate } from './gate.ts';
import { govern } from './governor.ts';
import { LastingSession } from './lasting-session.ts';
import type { SignalSubject } from './signals/signal.ts';
import { readSignals } from './signals.ts';
import type { CommittedBatch, WorkContext } from './work-context.ts';
import { runWorker } from './worker.ts';

export interface RunBackfillOptions {
  readonly url: string;
  /** As it stood when we came; its books are there. */
  readonly backfill: BackfillRecord;
  /** Whether it had begun before. */
  readonly joined: boolean;
  readonly onEvent: (event: BackfillEvent) => void;
  readonly signal: AbortSignal;
}

const ROUND_MS = 250;
const END_WITHIN_MS = 30_000;

/**
 * Works on a backfill with as many workers as its settings say, until it ends, wherever it began; other processes may
 * work on it at the same time.
 *
 * @throws ConnectionError when the server cannot be reached to begin with. Once it works, whatever happens is an outcome.
 */
export async function runBackfill(options: RunBackfillOptions): Promise<BackfillOutcome> {
  const { url, backfill, joined, onEvent, signal } = options;
  const failpoint = failpointFromEnvironment(process.env);
  const emit = (event: BackfillEventDetail): void =>
    onEvent({ at: new Date().toISOString(), backfill: backfill.id, ...event });
  const control = await LastingSession.open(() => openControlSession(url, `${backfill.id}:control`));
  const governing = await LastingSession.open(() => openControlSession(url, `${backfill.id}:governor`)).catch(
    async (error: unknown) => {
      await control.close();
      throw error;
    },
  );
  try {
    const { statement, definition, walk, ranges, rowsEstimate } = backfill;
    const { table, notes } = definition;
    emit({ type: 'backfill:start', joined, statement, table, walk, ranges, rowsEstimate, notes });
    if (backfill.state === 'finished') return alreadyFinished(backfill, emit);
    const gate = new Gate(backfill.settings);
    const context: WorkContext = {
      url,
      backfill,
      control,
      gate,
      failpoint,
      emit,
      onBatch: joined ? () => undefined : sampled(control, backfill, emit),
    };
    const ending = await work(context, control, governing, signal);
    // What is done wants to be written down, too; who was told to stop does not wait long.
    await control.reviveWithin(signal.aborted ? 0 : END_WITHIN_MS);
    return await conclude(control, backfill, ending, failpoint, emit);
  } finally {
    await Promise.all([control.close(), governing.close()]);
  }
}

/** Begun again, a statement such as SET n = n + 1 would do more than it says. */
function alreadyFinished(backfill: BackfillRecord, emit: (event: BackfillEventDetail) => void): BackfillOutcome {
  const { id, finishedAt, rowsDone, rowsPutAside } = backfill;
  const summary = `Nothing to do: this statement is backfill ${id}, which was finished at ${finishedAt} (${groupedNumber(rowsDone)} rows). With --again it begins anew.`;
  emit({ type: 'backfill:end', outcome: 'finished', rowsDone, rowsPutAside, summary, nextCommand: null });
  return 'finished';
}

/** Until every worker is done or the work was ended. */
async function work(
  context: WorkContext,
  control: LastingSession,
  governing: LastingSession,
  signal: AbortSignal,
): Promise<BackfillEnding> {
  const { gate, backfill, emit } = context;
  const workers = new Map<number, Promise<void>>();
  const memory: SignalSubject['memory'] = new Map();
  const { table } = backfill.definition;
  const governor = govern({
    connection: governing,
    backfill,
    gate,
    emit,
    revive: async () => {
      await control.revive();
      await governing.revive();
    },
    readSignals: () => readSignals(governing, { table, settings: gate.settings, memory }),
    signal,
    workers: () => workers.size,
  });
  // The first look around comes before the first batch.
  gate.hold();
  for (let isDone = false; !isDone && gate.ending === null; ) {
    for (let index = 0; index < gate.settings.workers; index += 1) {
      if (workers.has(index)) continue;
      const isWanted = (): boolean => index < gate.settings.workers;
      const worker = runWorker(context, index, isWanted).then(() => {
        // Sent away by new settings, it may be called again.
        if (!isWanted()) workers.delete(index);
      });
      workers.set(index, worker);
    }
    const all = Promise.all(workers.values()).then(() => true);
    isDone = await Promise.race([all, pauseUntil(ROUND_MS, gate.over).then(() => false)]);
  }
  await Promise.all(workers.values());
  gate.end({ outcome: 'finished', message: null });
  await governor;
  return gate.ending ?? { outcome: 'stopped', message: null };
}

/** Fewer rows than this tell nothing about the others. */
const SAMPLE_ROWS = 100;

/** The first batch that changes rows tells what the rest will cost. */
function sampled(
  control: Connection,
  backfill: BackfillRecord,
  emit: (event: BackfillEventDetail) => void,
): (batch: CommittedBatch) => void {
  let isTold = false;
  // A server that does not tell costs the estimate, nothing else.
  const walBefore = walPosition(control).catch(() => null);
  return (batch) => {
    if (isTold || batch.changed < SAMPLE_ROWS) return;
    isTold = true;
    void Promise.all([walBefore, walPosition(control)])
      .then(([before, after]) => {
        if (before !== null) emit(estimateOf(backfill, batch, Math.max(0, after - before)));
      })
      .catch(() => undefined);
  };
}

function estimateOf(backfill: BackfillRecord, batch: CommittedBatch, walBytes: number): BackfillEventDetail {
  const { settings, rowsEstimate } = backfill;
  const rows = rowsEstimate ?? batch.changed;
  const share = rows / batch.changed;
  const perWorker = (batch.elapsedMs * share) / settings.dutyCycle / settings.workers;
  return {
    type: 'backfill:estimate',
    sampleRows: batch.changed,
    sampleMs: Math.round(batch.elapsedMs),
    walBytes: Math.round(walBytes * share),
    deadRows: rows,
    batches: Math.ceil(perWorker === 0 ? 1 : (batch.elapsedMs * share) / settings.batchTargetMs),
    durationMs: Math.round(perWorker),
  };
}

async function walPosition(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ bytes: string }>(
    "SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::text AS bytes",
  );
  return Number(row?.bytes ?? 0);
}

/** Writes the end into the books, and says what there is to say. */
async function conclude(
  control: Connection,
  backfill: BackfillRecord,
  ending: BackfillEnding,
  failpoint: Failpoint,
  emit: (event: BackfillEventDetail) => void,
): Promise<BackfillOutcome> {
  const { id } = backfill;
  failpoint.pass('before/end');
  const ended = await writeEnd(control, id, ending).catch(
    (error: unknown): BackfillEnding => ({
      outcome: 'stopped',
      message: ending.message ?? (error instanceof Error ? error.message : String(error)),
    }),
  );
  failpoint.pass('after/end');
  const last = (await readBackfill(control, id).catch(() => null)) ?? backfill;
  const { rowsDone, rowsPutAside } = last;
  const nextCommand = nextCommandOf(last, ended);
  emit({
    type: 'backfill:end',
    outcome: ended.outcome,
    rowsDone,
    rowsPutAside,
    summary: summaryOf(last, ended),
    nextCommand,
  });
  return ended.outcome;
}

async function writeEnd(control: Connection, id: number, ending: BackfillEnding): Promise<BackfillEnding> {
  if (ending.outcome === 'failed') {
    await changeState(control, id, { from: ['running'], to: 'failed', message: ending.message });
    return ending;
  }
  if (ending.outcome !== 'finished') {
    await recordHold(control, id, null);
    return ending;
  }
  if (await finishBackfill(control, id, null)) return ending;
  const now = await readBackfill(control, id);
  if (now?.state === 'finished' || now?.state === 'cancelled' || now?.state === 'failed') {
    return { outcome: now.state, message: now.message };
  }
  return {
    outcome: 'stopped',
    message: now?.state === 'paused' ? 'It was paused.' : 'There is still a range to walk.',
  };
}

function summaryOf(
  { id, rowsDone, definition, rowsPutAside }: BackfillRecord,
  { outcome, message }: BackfillEnding,
): string {
  const verb = definition.verb === 'delete' ? 'deleted' : 'changed';
  const rows = `${groupedNumber(rowsDone)} ${rowsDone === 1 ? 'row' : 'rows'} of ${definition.table} ${verb}`;
  const aside = rowsPutAside === 0 ? '' : `, ${rowsPutAside} put aside because they could not be`;
  const why = message === null ? '' : ` ${message}`;
  switch (outcome) {
    case 'finished':
      return `Backfill ${id} is finished: ${rows}${aside}.`;
    case 'cancelled':
      return `Backfill ${id} was cancelled: ${rows} until then${aside}, and they stay as they are.${why}`;
    case 'failed':
      return `Backfill ${id} stopped:${why} So far ${rows}${aside}.`;
    case 'stopped':
      return `Backfill ${id} stopped.${why} So far ${rows}${aside}; the next run goes on behind them.`;
  }
}

function nextCommandOf({ id, rowsPutAside, definition }: BackfillRecord, { outcome }: BackfillEnding): string | null {
  if (outcome === 'cancelled') return null;
  if (outcome !== 'finished') return `evenkeel backfill resume ${id}`;
  if (rowsPutAside > 0) return `evenkeel backfill status ${id}`;
  return definition.remaining === null ? `VACUUM (ANALYZE) ${definition.table}` : `evenkeel backfill verify ${id}`;
}
