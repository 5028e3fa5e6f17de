import type { Phase } from '../model/plan.ts';
import type { CheckReport, ExplainReport, PlanReport, StatusReport } from '../model/report.ts';
import type { RunEvent, RunOutcome } from '../model/run-event.ts';

/** Which files to judge, on which schema, for which server. Without a schema or a database the files are replayed. */
export interface JudgeOptions {
  readonly paths: readonly string[];
  readonly schemaFile?: string;
  readonly databaseUrl?: string;
  readonly serverMajor?: number;
}

export interface ApplyOptions {
  readonly path: string;
  readonly databaseUrl: string;
  /** The last phase that may run; the gates before it are passed. */
  readonly through: Phase;
  /** `<migration>:<step>` of the gate that may be passed. */
  readonly pastGate: string | null;
  /** What to type to run the same again; holds no connection string. */
  readonly commandLine: string;
  readonly onEvent: (event: RunEvent) => void;
  /** Asks for a clean stop: the current batch or strike is finished first. */
  readonly signal: AbortSignal;
}

/** What the command line needs of the library: `src/index.ts` has it. */
export interface Toolkit {
  readonly check: (options: JudgeOptions) => Promise<CheckReport>;
  readonly explain: (options: JudgeOptions) => Promise<ExplainReport>;
  readonly makePlan: (options: JudgeOptions) => Promise<PlanReport>;
  readonly apply: (options: ApplyOptions) => Promise<RunOutcome>;
  readonly status: (options: {
    readonly paths: readonly string[];
    readonly databaseUrl: string;
  }) => Promise<StatusReport>;
}
