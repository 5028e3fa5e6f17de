import type {
  BackfillEvent,
  BackfillOutcome,
  BackfillRecord,
  BackfillSettings,
  BackfillVerification,
} from '../model/backfill.ts';
import type { BackfillReport } from '../model/backfill-report.ts';
import type { BlockerPolicies } from '../model/blocker-policy.ts';
import type { DoctorReport } from '../model/doctor-report.ts';
import type { AbandonReport, ResolveReport } from '../model/mend-report.ts';
import type { Phase } from '../model/plan.ts';
import type { PreflightReport } from '../model/preflight-report.ts';
import type { QueueDecision } from '../model/queue-decision.ts';
import type { CheckReport, ExplainReport, PlanReport, StatusReport } from '../model/report.ts';
import type { RecipeDescription, RuleDescription, RuleSettings } from '../model/rule-settings.ts';
import type { RunEvent, RunOutcome } from '../model/run-event.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { WatchState } from '../model/watch-state.ts';

/** Which files to judge, on which schema, for which server. Without a schema or a database the files are replayed. */
export interface JudgeOptions {
  readonly paths: readonly string[];
  readonly schemaFile?: string;
  readonly databaseUrl?: string;
  readonly serverMajor?: number;
}

/** Whether statements run on a server of our own, too. */
export interface TraceOptions {
  readonly trace?: boolean;
  readonly signal?: AbortSignal;
}

/** What `apply` and `resume` are told. */
export interface RunOptions {
  readonly databaseUrl: string;
  /** The last phase that may run; the gates before it are passed. */
  readonly through: Phase;
  /** `<migration>:<step>` of the gate that may be passed. */
  readonly pastGate: string | null;
  /** In all, a step waits this long for locks, ms. */
  readonly maxWaitMs: number;
  /** Who may be ended when in the way; missing: nobody. */
  readonly blockers?: BlockerPolicies;
  /** How many sessions may wait behind a strike; missing: by the traffic of the table. */
  readonly queue?: QueueDecision;
  /** The database is watched so long after a run that has changed something, ms; 0: not at all. */
  readonly afterWatchMs: number;
  /** What to type to run the same again; holds no connection string. */
  readonly commandLine: string;
  readonly onEvent: (event: RunEvent) => void;
  /** Asks for a clean stop: the current batch or strike is finished first. */
  readonly signal: AbortSignal;
}

export interface ApplyOptions extends RunOptions {
  readonly path: string;
}

/** Whether to run a plan, and its migrations as they stand, on a server of our own. */
export interface ProveOptions {
  readonly prove?: boolean;
  readonly signal?: AbortSignal;
}

/** Whether to put a plan into migration files, and whether those that are there may be replaced. */
export interface WriteOptions {
  readonly write?: boolean;
  readonly force?: boolean;
}

export interface CheckOptions extends JudgeOptions, TraceOptions {
  readonly rules?: RuleSettings;
  readonly baselineFile?: string;
  /** Only files added or changed since that point in git are judged. */
  readonly since?: string;
}

/** What `evenkeel.config.*` says, with paths as one would type them here. */
export interface ProjectConfig {
  readonly file: string;
  readonly paths: readonly string[] | null;
  readonly schemaFile: string | null;
  readonly serverVersion: string | null;
  readonly rules: RuleSettings;
  readonly blockers: BlockerPolicies | null;
  readonly queue: QueueDecision | null;
}

/** A page of the manual with its examples. */
export interface ManualPage {
  readonly text: string;
  readonly bad: string;
  readonly good: string;
}

interface BackfillChoice {
  readonly databaseUrl: string;
  readonly id: number;
}

interface BackfillWork {
  readonly databaseUrl: string;
  readonly settings?: Partial<BackfillSettings>;
  readonly onEvent: (event: BackfillEvent) => void;
  readonly signal: AbortSignal;
}

/** What can be done about backfills. */
export interface BackfillToolkit {
  readonly start: (
    options: BackfillWork & {
      readonly statement: string;
      readonly again: boolean;
      readonly booksOnSubscribers: boolean;
    },
  ) => Promise<BackfillOutcome>;
  readonly resume: (options: BackfillWork & { readonly id: number }) => Promise<BackfillOutcome>;
  readonly list: (options: { readonly databaseUrl: string }) => Promise<readonly BackfillRecord[]>;
  readonly status: (
    options: BackfillChoice & { readonly wait: boolean; readonly signal: AbortSignal },
  ) => Promise<BackfillReport>;
  readonly pause: (options: BackfillChoice) => Promise<BackfillRecord>;
  readonly cancel: (options: BackfillChoice) => Promise<BackfillRecord>;
  readonly retune: (
    options: BackfillChoice & { readonly settings: Partial<BackfillSettings> },
  ) => Promise<BackfillRecord>;
  readonly verify: (
    options: BackfillChoice & { readonly signal: AbortSignal },
  ) => Promise<{ readonly backfill: BackfillRecord; readonly verification: BackfillVerification }>;
}

/** What the command line needs of the library: `src/index.ts` has it. */
export interface Toolkit {
  readonly loadConfig: (cwd: string) => Promise<ProjectConfig | null>;
  readonly check: (options: CheckOptions) => Promise<CheckReport>;
  /** Answers how many findings the file accepts. */
  readonly writeBaseline: (file: string, report: CheckReport) => Promise<number>;
  readonly listRules: () => readonly RuleDescription[];
  readonly readRulePage: (id: string) => Promise<ManualPage>;
  readonly listRecipes: () => readonly RecipeDescription[];
  readonly readRecipePage: (name: string) => Promise<ManualPage>;
  readonly explain: (options: JudgeOptions & TraceOptions) => Promise<ExplainReport>;
  readonly makePlan: (options: JudgeOptions & ProveOptions & WriteOptions) => Promise<PlanReport>;
  readonly apply: (options: ApplyOptions) => Promise<RunOutcome>;
  readonly resume: (options: RunOptions) => Promise<RunOutcome>;
  readonly resolve: (options: {
    readonly databaseUrl: string;
    readonly migration: string;
    /** null: every step that is not done, up to the first that cannot be marked. */
    readonly step: string | null;
    /** Marks the step whatever the server says; null: never. */
    readonly forceReason: string | null;
    readonly commandLine: string;
    readonly onEvent: (event: RunEvent) => void;
    readonly signal: AbortSignal;
  }) => Promise<ResolveReport>;
  readonly abandon: (options: {
    readonly databaseUrl: string;
    readonly migration: string;
    readonly maxWaitMs?: number;
    readonly commandLine: string;
    readonly onEvent: (event: RunEvent) => void;
    readonly signal: AbortSignal;
  }) => Promise<AbandonReport>;
  readonly backfills: BackfillToolkit;
  readonly takeSnapshot: (options: {
    readonly databaseUrl: string;
    readonly output: string | null;
    readonly sampleMs: number;
  }) => Promise<{ readonly snapshot: Snapshot; readonly json: string }>;
  readonly doctor: (options: { readonly databaseUrl: string }) => Promise<DoctorReport>;
  readonly preflight: (options: {
    readonly path: string;
    readonly databaseUrl: string;
    readonly pastGate: string | null;
  }) => Promise<PreflightReport>;
  /** Until the run ends; answers the last state, or null when it was left before there was one. */
  readonly watch: (options: {
    readonly databaseUrl: string;
    readonly run: string | null;
    readonly everyMs: number;
    readonly signal: AbortSignal;
    readonly onLook: (look: { readonly state: WatchState; readonly newEvents: readonly RunEvent[] }) => void;
  }) => Promise<WatchState | null>;
  /** A run once more, out of the ledger; answers its last state. */
  readonly replay: (options: {
    readonly databaseUrl: string;
    readonly run: string | null;
    readonly pauseAtMostMs: number;
    readonly signal: AbortSignal;
    readonly onLook: (look: { readonly state: WatchState; readonly newEvents: readonly RunEvent[] }) => void;
  }) => Promise<WatchState | null>;
  readonly status: (options: {
    readonly paths: readonly string[];
    readonly databaseUrl: string;
  }) => Promise<StatusReport>;
}
