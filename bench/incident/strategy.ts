/** A way to bring migrations into a live database. */
export interface Strategy {
  /** `evenkeel`, `naive`, ...: stable, for file names and JSON. */
  readonly id: string;
  /** What people read in tables. */
  readonly name: string;
  /** Applies the migrations. Settles soon after `signal` aborts. */
  run(task: MigrationTask): Promise<StrategyOutcome>;
}

export interface MigrationTask {
  readonly databaseUrl: string;
  /** A migration file or a folder of them. */
  readonly path: string;
  /** Tells the audience what goes on, one short line at a time. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** From asking for a lock until it was given back, or until the wait for it was given up; ms. */
export interface Strike {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface StrategyOutcome {
  /** How often the lock for the new column was asked for. */
  readonly attempts: number;
  /** Each time that a lock was asked for; ms since 1970. */
  readonly strikes: readonly Strike[];
  /** Whether everything was applied. */
  readonly finished: boolean;
  /** Why not, in one sentence. */
  readonly note: string | null;
}
