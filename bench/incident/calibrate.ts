import { InvariantError } from '../../src/model/error.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import type { LoadReport } from '../load/load-report.ts';
import { startProcessorClock } from './processor-clock.ts';

/** Requests a second, tried from the top. */
const RATES: readonly number[] = [3000, 2000, 1000, 500, 250, 100];

/** A machine carries a rate when nothing fails and the p99 stays below this while nobody disturbs ... */
const CALM_P99_MS = 20;

/** ... and when something is left for a migration, which has an index to build beside the load. */
const CALM_BUSY_SHARE = 0.85;

const WARM_UP_MS = 1000;
const TRIAL_MS = 2500;

/** One rate, tried while nobody disturbs. */
export interface Trial {
  readonly load: LoadReport;
  /** Of all processors of the machine, 0 to 1. */
  readonly busyShare: number;
}

export interface Calibration {
  readonly ratePerSecond: number;
  readonly undisturbed: Trial;
  /** Higher rates that this machine did not carry. */
  readonly refused: readonly Trial[];
}

/** Finds the highest rate, up to `highest` requests a second, that the machine carries while nobody disturbs. */
export async function calibrate(load: LoadGenerator, highest: number, signal: AbortSignal): Promise<Calibration> {
  const refused: Trial[] = [];
  await attempt(load, Math.min(1000, highest), WARM_UP_MS);
  const rates = [highest, ...RATES.filter((rate) => rate < highest)];
  for (const [index, rate] of rates.entries()) {
    signal.throwIfAborted();
    const trial = await attempt(load, rate, TRIAL_MS);
    if (isCalm(trial) || index === rates.length - 1) return { ratePerSecond: rate, undisturbed: trial, refused };
    refused.push(trial);
  }
  throw new InvariantError('There is no rate to try.');
}

async function attempt(load: LoadGenerator, ratePerSecond: number, lastsMs: number): Promise<Trial> {
  const running = await load.start({ ratePerSecond, deadlineMs: 2000, lastsMs });
  const busyShare = startProcessorClock();
  return { load: await running.report, busyShare: busyShare() };
}

function isCalm({ load, busyShare }: Trial): boolean {
  return load.failed === 0 && load.p99Ms <= CALM_P99_MS && busyShare <= CALM_BUSY_SHARE;
}
