/** Progress at a moment, as the books have it: the work of all processes together. */
export interface ProgressSample {
  readonly atMs: number;
  readonly rowsDone: number;
  readonly fraction: number;
}

export interface ProgressRate {
  readonly rowsPerSecond: number;
  /** Shortest and longest that the rest may take; null while that cannot be told. */
  readonly etaMs: readonly [number, number] | null;
}

const KEPT_MS = 60_000;
const RECENT_MS = 10_000;
const LEAST_MS = 2_000;

/** Keeps what is needed of the last minute. */
export function withSample(samples: readonly ProgressSample[], next: ProgressSample): readonly ProgressSample[] {
  return [...samples.filter(({ atMs }) => next.atMs - atMs <= KEPT_MS), next];
}

/**
 * How fast it goes, and how long the rest may take: at the best and at the worst pace of ten seconds within the last
 * minute, holds included.
 */
export function progressRate(samples: readonly ProgressSample[]): ProgressRate {
  const last = samples.at(-1);
  const first = samples[0];
  if (last === undefined || first === undefined) return { rowsPerSecond: 0, etaMs: null };
  const recent = samples.find(({ atMs }) => last.atMs - atMs <= RECENT_MS) ?? first;
  const seconds = (last.atMs - recent.atMs) / 1_000;
  const rowsPerSecond = seconds <= 0 ? 0 : Math.round((last.rowsDone - recent.rowsDone) / seconds);
  const paces = samples.flatMap((sample, index) => {
    const since = samples.slice(0, index + 1).find(({ atMs }) => sample.atMs - atMs <= RECENT_MS);
    if (since === undefined || sample.atMs - since.atMs < LEAST_MS) return [];
    return [(sample.fraction - since.fraction) / (sample.atMs - since.atMs)];
  });
  const moving = paces.filter((pace) => pace > 0);
  if (moving.length === 0) return { rowsPerSecond, etaMs: null };
  const left = Math.max(0, 1 - last.fraction);
  return { rowsPerSecond, etaMs: [Math.round(left / Math.max(...moving)), Math.round(left / Math.min(...moving))] };
}
