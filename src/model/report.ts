import type { DoctorReport } from './doctor-report.ts';
import type { StatementFacts } from './facts.ts';
import type { Finding, SuppressedFinding } from './finding.ts';
import type { InputProblem } from './input-problem.ts';
import type { AbandonReport, ResolveReport } from './mend-report.ts';
import type { MigrationSituation } from './migration-situation.ts';
import type { Plan } from './plan.ts';
import type { PlanChoice } from './plan-choice.ts';
import type { PlanLoss } from './plan-loss.ts';
import type { PlanProof } from './plan-proof.ts';
import type { RolloutStage } from './plan-rollout.ts';
import type { PreflightReport } from './preflight-report.ts';
import type { RelationKey } from './relation-name.ts';
import type { RuleDescription } from './rule-settings.ts';
import type { MigrationRecord } from './run-record.ts';
import type { ServerVersion } from './server-version.ts';
import type { Span } from './span.ts';
import type { TracedStatement, TraceSummary } from './traced-statement.ts';
import type { WorkEstimate } from './work-estimate.ts';
import type { WrittenPlan } from './written-plan.ts';

/** What a command found out; a reporter turns it into text and an exit code without asking anybody else. */
export type Report =
  | CheckReport
  | ExplainReport
  | PlanReport
  | StatusReport
  | ResolveReport
  | AbandonReport
  | DoctorReport
  | PreflightReport;

export interface JudgedStatement {
  readonly sql: string;
  readonly span: Span;
  readonly facts: StatementFacts;
  /** How long it would take; only where the sizes of tables are known. */
  readonly estimate?: WorkEstimate;
  /** What a real server did with it; missing without a trace. */
  readonly traced?: TracedStatement;
}

export interface CheckReport {
  readonly kind: 'check';
  readonly version: 1;
  readonly server: ServerVersion;
  /** Where the schema that was judged against came from: `replayed migrations`, `schema.sql`, `live database`. */
  readonly context: string;
  readonly files: readonly CheckedFile[];
  /** What counts; what was accepted stands in `suppressed`. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Files that could not be read, one problem each: they are judged by nobody and left out of the replay. */
  readonly problems: readonly InputProblem[];
  /** The rules that speak up in `findings` and `suppressed`. */
  readonly rules: readonly RuleDescription[];
  /** The baseline that was given; `stale` counts its entries that match nothing any more. */
  readonly baseline: { readonly path: string; readonly stale: number } | null;
  /** With `--since`: how many files were replayed but not judged, because they are as they were at that point. */
  readonly since: { readonly ref: string; readonly unchanged: number } | null;
  /** With `--trace`. */
  readonly trace?: TraceSummary;
}

export interface CheckedFile {
  /** As the user typed it. */
  readonly path: string;
  /** From the top of the repository, with `/` between the parts. */
  readonly repositoryPath: string;
  /** What the spans count in. */
  readonly text: string;
  readonly statements: readonly JudgedStatement[];
}

export interface ExplainReport {
  readonly kind: 'explain';
  readonly version: 1;
  readonly server: ServerVersion;
  readonly files: readonly { readonly path: string; readonly statements: readonly JudgedStatement[] }[];
  /** With `--trace`. */
  readonly trace?: TraceSummary;
}

export interface PlanReport {
  readonly kind: 'plan';
  readonly version: 1;
  readonly plan: Plan;
  /** One sentence a statement that was left as it stands or could not be made safer, with the reason. */
  readonly notes: readonly { readonly path: string; readonly line: number; readonly note: string }[];
  /** Why each statement that a recipe made safe is done this way. */
  readonly choices: readonly PlanChoice[];
  /** Which versions of the application may run, and what the way back is, stage by stage. */
  readonly rollout: readonly RolloutStage[];
  /** What the migrations lose. */
  readonly losses: readonly PlanLoss[];
  /** Of what the steps lock and fill, where the statistics of the server tell. */
  readonly sizes: Readonly<Record<RelationKey, RelationSize>>;
  /** Missing where nobody asked for it. */
  readonly proof?: PlanProof;
  /** What was put into files; missing where nobody asked for it. */
  readonly written?: WrittenPlan;
}

/** By the statistics of the server; null for what nobody counted. A partitioned table has what its partitions have. */
export interface RelationSize {
  readonly rows: number | null;
  /** With TOAST, without indexes. */
  readonly bytes: number | null;
}

export interface StatusReport {
  readonly kind: 'status';
  readonly version: 1;
  /** Host, port and database name; never a password. */
  readonly database: string;
  readonly ledgerExists: boolean;
  readonly runner: { readonly pid: number; readonly since: string } | null;
  readonly migrations: readonly {
    readonly id: string;
    readonly path: string;
    readonly state: 'pending' | 'edited' | 'missing' | MigrationRecord['state'];
    readonly record: MigrationRecord | null;
    /** What happened to it, in one sentence. */
    readonly note: string | null;
    /** Of one that has begun and is not through. */
    readonly situation: MigrationSituation | null;
  }[];
  readonly nextCommand: string | null;
}

/** What a reporter answers. Nothing is printed and nothing exits before the command line does it. */
export interface ReporterOutput {
  readonly output: string;
  readonly exitCode: 0 | 1 | 2 | 3;
}
