import type { Connection } from '../db/connection.ts';
import { pauseUntil } from '../guard/supervise.ts';
import type { BackfillEventDetail, BackfillRecord, SignalReading } from '../model/backfill.ts';
import { ConnectionError, EvenkeelError } from '../model/error.ts';
import { readBackfill, readOrders, recordHold } from './backfill-books.ts';
import type { Gate } from './gate.ts';
import { nextSignalState, type SignalState } from './hysteresis.ts';
import { type ProgressSample, progressRate, withSample } from './progress-meter.ts';

const EVERY_MS = 1_000;
/** A server may be away for a restart or a failover. */
const LOST_FOR_MS = 120_000;

export interface GovernorOptions {
  readonly connection: Connection;
  readonly backfill: BackfillRecord;
  readonly gate: Gate;
  readonly emit: (event: BackfillEventDetail) => void;
  /** Opens the sessions that look anew where they were lost; what nobody watches must not go on. */
  readonly revive: () => Promise<void>;
  readonly readSignals: () => Promise<readonly SignalReading[]>;
  /** Asked to stop by Ctrl+C or a caller. */
  readonly signal: AbortSignal;
  /** How many workers of this process are at work. */
  readonly workers: () => number;
}

interface Hold {
  readonly by: string;
  readonly sentence: string;
}

interface Held {
  readonly hold: Hold;
  readonly sinceMs: number;
}

/**
 * Looks every second at what the books order and what the signals say, and opens or closes the gate for the workers.
 * Ends when the gate has ended, or ends it.
 */
export async function govern(options: GovernorOptions): Promise<void> {
  const { gate, signal } = options;
  const onAbort = (): void => gate.end({ outcome: 'stopped', message: 'It was asked to stop.' });
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const states = new Map<string, SignalState>();
  let held: Held | null = null;
  let samples: readonly ProgressSample[] = [];
  let lostAt: number | null = null;
  try {
    while (gate.ending === null) {
      try {
        await options.revive();
        const hold = await lookAround(options, states);
        if (gate.ending !== null) break;
        held = await changeGate(options, held, hold);
        samples = await tellProgress(options, samples, held);
        lostAt = null;
      } catch (error) {
        lostAt ??= performance.now();
        if (!isPassing(error) || performance.now() - lostAt > LOST_FOR_MS) throw error;
        held = holdBlind(options, held, error);
      }
      await pauseUntil(EVERY_MS, gate.over);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    gate.end({ outcome: 'stopped', message: /[.!?]$/.test(message) ? message : `${message}.` });
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof EvenkeelError && error.recovery === 'retry');
}

/** The server is away, or a look took too long: what nobody watches must not go on. */
function holdBlind({ gate, emit }: GovernorOptions, before: Held | null, error: unknown): Held {
  gate.hold();
  if (before?.hold.by === 'connection') return before;
  const hold = { by: 'connection', sentence: error instanceof Error ? error.message : String(error) };
  emit({ type: 'backfill:hold', ...hold });
  return { hold, sinceMs: before?.sinceMs ?? performance.now() };
}

/** What holds it now; null: nothing. */
async function lookAround(options: GovernorOptions, states: Map<string, SignalState>): Promise<Hold | null> {
  const { connection, backfill, gate, readSignals } = options;
  const orders = await readOrders(connection, backfill.id);
  if (orders === null) {
    gate.end({ outcome: 'cancelled', message: 'Its row in evenkeel.backfill is gone.' });
    return null;
  }
  gate.settings = orders.settings;
  if (orders.state === 'paused') {
    return { by: 'paused', sentence: `it was paused; evenkeel backfill resume ${backfill.id} lets it go on` };
  }
  if (orders.state !== 'running') {
    gate.end({ outcome: orders.state, message: orders.message });
    return null;
  }
  const now = performance.now();
  const readings = await readSignals();
  for (const reading of readings) {
    states.set(reading.signal, nextSignalState(states.get(reading.signal) ?? null, reading, now));
  }
  const holding = readings.find((reading) => states.get(reading.signal)?.isHolding === true);
  return holding === undefined ? null : { by: holding.signal, sentence: holding.sentence };
}

async function changeGate(
  { gate, emit, connection, backfill }: GovernorOptions,
  before: Held | null,
  hold: Hold | null,
): Promise<Held | null> {
  if (hold === null) {
    if (before === null) {
      gate.go();
      return null;
    }
    await recordHold(connection, backfill.id, null);
    emit({ type: 'backfill:go', heldMs: Math.round(performance.now() - before.sinceMs) });
    gate.go();
    return null;
  }
  gate.hold();
  if (before?.hold.by === hold.by) return before;
  await recordHold(connection, backfill.id, hold.sentence);
  emit({ type: 'backfill:hold', ...hold });
  return { hold, sinceMs: before?.sinceMs ?? performance.now() };
}

async function tellProgress(
  { connection, backfill, emit, workers }: GovernorOptions,
  samples: readonly ProgressSample[],
  held: Held | null,
): Promise<readonly ProgressSample[]> {
  const now = await readBackfill(connection, backfill.id);
  if (now === null) return samples;
  const { rowsDone, rowsEstimate, fraction } = now;
  const kept = withSample(samples, { atMs: performance.now(), rowsDone, fraction });
  const { rowsPerSecond, etaMs } = progressRate(kept);
  const heldBy = held?.hold.sentence ?? null;
  emit({
    type: 'backfill:progress',
    rowsDone,
    rowsEstimate,
    fraction,
    rowsPerSecond,
    etaMs,
    workers: workers(),
    heldBy,
  });
  return kept;
}
