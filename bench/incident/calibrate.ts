import { InvariantError } from '../../src/model/error.ts';
import type { LoadGenerator } from '../load/load-generator.ts';
import type { LoadReport } from '../load/load-report.ts';

/** Requests a second, tried from the top. */
const RATES: readonly number[] = [3000, 2000, 1000, 500, 250, 100];

/** A machine carries a rate when nothing fails and the p99 stays below this while nobody disturbs. */
const CALM_P99_MS = 20;

const WARM_UP_MS = 1000;
const TRIAL_MS = 2500;

export interface Calibration {
  readonly ratePerSecond: number;
  /** At that rate, while nobody disturbs. */
  readonly undisturbed: LoadReport;
  /** Higher rates that this machine did not carry. */
  readonly refused: readonly LoadReport[];
}

/** Finds the highest rate, up to `highest` requests a second, that the machine carries while nobody disturbs. */
export async function calibrate(load: LoadGenerator, highest: number, signal: AbortSignal): Promise<Calibration> {
  const refused: LoadReport[] = [];
  await attempt(load, Math.min(1000, highest), WARM_UP_MS);
  const rates = [highest, ...RATES.filter((rate) => rate < highest)];
  for (const [index, rate] of rates.entries()) {
    signal.throwIfAborted();
    const report = await attempt(load, rate, TRIAL_MS);
    const calm = report.failed === 0 && report.p99Ms <= CALM_P99_MS;
    if (calm || index === rates.length - 1) return { ratePerSecond: rate, undisturbed: report, refused };
    refused.push(report);
  }
  throw new InvariantError('There is no rate to try.');
}

async function attempt(load: LoadGenerator, ratePerSecond: number, lastsMs: number): Promise<LoadReport> {
  const running = await load.start({ ratePerSecond, deadlineMs: 2000, lastsMs });
  return running.report;
}
