import type { LoadGenerator, RunningLoad } from '../load/load-generator.ts';
import type { LoadReport, LoadSecond } from '../load/load-report.ts';
import { abortable } from './abortable.ts';
import { IncidentWatcher } from './incident-watcher.ts';
import type { Obstacle } from './obstacle.ts';
import { sleepUntil } from './sleep-until.ts';
import type { Strategy, StrategyOutcome, Strike } from './strategy.ts';

/** When what happens, ms from the start of the load. The report is whatever stands in the way. */
export interface IncidentTimes {
  readonly reportStartsMs: number;
  readonly reportLastsMs: number;
  readonly migrationStartsMs: number;
  /** How long the load lasts, at least. */
  readonly lastsMs: number;
  /** Whether the load goes on (and a second longer) while the migration is not done, and until when at most. */
  readonly extendToMs: number | null;
}

export interface IncidentOptions {
  readonly databaseUrl: string;
  readonly migrations: string;
  readonly load: LoadGenerator;
  readonly ratePerSecond: number;
  readonly times: IncidentTimes;
  /** Puts what stands in the way there, for so many ms: the report of `times`. */
  readonly startObstacle: (lastsMs: number) => Promise<Obstacle>;
  /** null: nobody changes anything; the baseline. */
  readonly strategy: Strategy | null;
  readonly tell: (event: IncidentEvent) => void;
  readonly signal: AbortSignal;
}

/** What happens during a run, for those who watch; `atMs` counts from the start of the load. */
export type IncidentEvent = { readonly atMs: number } & IncidentEventDetail;

type IncidentEventDetail =
  | { readonly kind: 'report-started' | 'report-ended' | 'migration-started' | 'column-there' }
  | { readonly kind: 'migration-ended'; readonly outcome: StrategyOutcome }
  | { readonly kind: 'strategy'; readonly line: string }
  /** A second of load, with how many requests wait in the application and how many queries wait for a lock now. */
  | {
      readonly kind: 'second';
      readonly second: LoadSecond;
      readonly failedSoFar: number;
      readonly queue: number;
      readonly waiting: number;
    };

type Tell = (event: IncidentEventDetail) => void;

/** What a run came to. Times count from the start of the load. */
export interface IncidentResult {
  /** `baseline` when there was no migration. */
  readonly strategy: string;
  readonly load: LoadReport;
  /** The most queries that waited for a lock on the server at once. */
  readonly peakWaiting: number;
  readonly reportStartedMs: number;
  readonly reportEndedMs: number;
  readonly migrationStartedMs: number | null;
  readonly columnThereMs: number | null;
  /** When the lock was asked for, as often as it was. */
  readonly strikes: readonly Strike[];
  /** The first error in the work of those who stood in the way; null when the migration left them alone. */
  readonly hurt: string | null;
  readonly outcome: StrategyOutcome | null;
}

const DEADLINE_MS = 2000;

/** How long the load goes on after a migration that took longer than planned. */
const AFTERMATH_MS = 1000;

/**
 * The incident, once: load, a long report (or whatever else stands in the way), and a little later a migration that needs
 * a lock which the report stands in the way of.
 *
 * @throws whatever the load or the server throws; AbortError when `signal` aborts. Everything it started is ended then.
 */
export async function runIncident(options: IncidentOptions): Promise<IncidentResult> {
  const { times, signal } = options;
  let startedAtMs = Date.now();
  const tell: Tell = (event) => options.tell({ ...event, atMs: Date.now() - startedAtMs });
  const watcher = await IncidentWatcher.start(options.databaseUrl, () => tell({ kind: 'column-there' }));
  const cutOff = new AbortController();
  let running: RunningLoad | null = null;
  let report: Obstacle | null = null;
  let migration: Promise<StrategyOutcome | null> = Promise.resolve(null);
  try {
    running = await startLoad(options, watcher, tell);
    startedAtMs = running.startedAtMs;
    await sleepUntil(startedAtMs + times.reportStartsMs, signal);
    report = await options.startObstacle(times.reportLastsMs);
    const reportStartedMs = Date.now() - startedAtMs;
    tell({ kind: 'report-started' });
    void report.ended.then(() => tell({ kind: 'report-ended' }));
    await sleepUntil(startedAtMs + times.migrationStartsMs, signal);
    const migrationStartedMs = Date.now() - startedAtMs;
    migration = startMigration(options, cutOff.signal, tell);
    if (times.extendToMs !== null) {
      const endMs = await settledAt(migration, startedAtMs, times.extendToMs, signal);
      running.stopAt(Math.max(times.lastsMs, endMs));
    }
    const load = await abortable(running.report, signal);
    cutOff.abort();
    const outcome = await migration;
    const seen = await watcher.stop();
    return {
      strategy: options.strategy?.id ?? 'baseline',
      load,
      peakWaiting: seen.peakWaiting,
      reportStartedMs,
      reportEndedMs: (await report.ended) - startedAtMs,
      hurt: report.hurt,
      strikes: (outcome?.strikes ?? []).map(({ fromMs, untilMs }) => ({
        fromMs: fromMs - startedAtMs,
        untilMs: untilMs - startedAtMs,
      })),
      migrationStartedMs: options.strategy === null ? null : migrationStartedMs,
      columnThereMs: seen.columnThereAtMs === null ? null : seen.columnThereAtMs - startedAtMs,
      outcome,
    };
  } finally {
    cutOff.abort();
    await Promise.allSettled([migration, watcher.stop(), report?.cancel()]);
  }
}

function startLoad(options: IncidentOptions, watcher: IncidentWatcher, tell: Tell): Promise<RunningLoad> {
  const { times, ratePerSecond } = options;
  const lastsMs = times.extendToMs === null ? times.lastsMs : null;
  return options.load.start({ ratePerSecond, deadlineMs: DEADLINE_MS, lastsMs }, (message) => {
    tell({ ...message, waiting: watcher.waiting });
  });
}

async function startMigration(
  options: IncidentOptions,
  signal: AbortSignal,
  tell: Tell,
): Promise<StrategyOutcome | null> {
  if (options.strategy === null) return null;
  tell({ kind: 'migration-started' });
  const say = (line: string): void => tell({ kind: 'strategy', line });
  const { databaseUrl, migrations } = options;
  const outcome = await options.strategy.run({ databaseUrl, path: migrations, say, signal });
  tell({ kind: 'migration-ended', outcome });
  return outcome;
}

/**
 * Waits for the end of the migration, but not beyond `latestMs` of the run. Answers the full second of the run in which
 * the dust has settled.
 */
async function settledAt(
  migration: Promise<unknown>,
  startedAtMs: number,
  latestMs: number,
  signal: AbortSignal,
): Promise<number> {
  const early = new AbortController();
  const latest = sleepUntil(startedAtMs + latestMs - AFTERMATH_MS, AbortSignal.any([signal, early.signal]));
  try {
    await Promise.race([migration, latest]);
  } finally {
    early.abort();
    await latest.catch(() => undefined);
  }
  signal.throwIfAborted();
  return Math.ceil((Date.now() - startedAtMs + AFTERMATH_MS) / 1000) * 1000;
}
