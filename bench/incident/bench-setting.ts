/** What a bench run can be asked for. */
export interface BenchSetting {
  readonly rounds: number;
  /** Of load. */
  readonly seconds: number;
  /** Requests a second. */
  readonly rate: number;
  /** Their ids. */
  readonly strategies: readonly string[];
}

/** Where a trial run leaves its tables and chart; ignored by git. */
export const TRIAL_FOLDER = '.cache/bench-incident';
