/** The public API: what the command line does, for programs. */
export { type ApplyOptions, applyMigrations as apply } from './api/apply-migrations.ts';
export { backfills } from './api/backfills.ts';
export { writeBaseline } from './api/baseline-file.ts';
export {
  type CheckOptions,
  checkMigrations as check,
  type ExplainOptions,
  explainFiles as explain,
  planMigrations as makePlan,
} from './api/check-migrations.ts';
export type { BackfillChoice } from './api/control-backfill.ts';
export { type DoctorOptions, examineServer as doctor } from './api/examine-server.ts';
export type { InputOptions } from './api/load-input.ts';
export { loadProjectConfig as loadConfig } from './api/load-project-config.ts';
export {
  type AbandonOptions,
  abandonRun as abandon,
  type ResolveOptions,
  resolveMigration as resolve,
} from './api/mend-run.ts';
export { migrationStatus as status, type StatusOptions } from './api/migration-status.ts';
export { type PreflightOptions, preflightMigrations as preflight } from './api/preflight-migrations.ts';
export { type Page, type RecipePage, type RulePage, readRecipePage, readRulePage } from './api/read-page.ts';
export { type ReplayOptions, replayWatchedRun as replay } from './api/replay-run.ts';
export { resumeRun as resume } from './api/resume-run.ts';
export type { RunControls } from './api/run-controls.ts';
export {
  type SnapshotOptions,
  snapshotDatabase as takeSnapshot,
  type TakenSnapshot,
} from './api/snapshot-database.ts';
export { type BackfillOptions, startBackfill as backfill } from './api/start-backfill.ts';
export type { TraceOptions } from './api/trace-migrations.ts';
export { type WatchOptions, watchRun as watch } from './api/watch-run.ts';
export type { ResolvedConfig } from './config/resolve-config.ts';
export { defineConfig, type UserConfig } from './config/user-config.ts';
export type { ClientSource, DatabaseTarget, PostgresClient } from './db/database-target.ts';
export type {
  BackfillEvent,
  BackfillOutcome,
  BackfillRecord,
  BackfillSettings,
  BackfillVerification,
} from './model/backfill.ts';
export type { BackfillReport } from './model/backfill-report.ts';
export type { Calibration } from './model/calibration.ts';
export type { CheckStatus, DoctorCheck, DoctorReport } from './model/doctor-report.ts';
export type * from './model/error.ts';
export { EvenkeelError } from './model/error.ts';
export type { RelationLock, StatementFacts } from './model/facts.ts';
export type { Finding, Severity, SuppressedFinding } from './model/finding.ts';
export type { InputProblem } from './model/input-problem.ts';
export type { AbandonReport, ResolveReport } from './model/mend-report.ts';
export type { MigrationSituation } from './model/migration-situation.ts';
export type { MigrationPlan, Phase, Plan, Step } from './model/plan.ts';
export type {
  PreflightReason,
  PreflightReport,
  PreflightStep,
  PreflightVerdict,
} from './model/preflight-report.ts';
export type { CheckedFile, CheckReport, ExplainReport, PlanReport, StatusReport } from './model/report.ts';
export type {
  RecipeDescription,
  RuleDescription,
  RuleLevel,
  RuleSetting,
  RuleSettings,
} from './model/rule-settings.ts';
export type { RunEvent, RunOutcome } from './model/run-event.ts';
export type { Snapshot } from './model/snapshot.ts';
export type { TracedStatement, TraceSummary } from './model/traced-statement.ts';
export type { WaitForest, WaitNode } from './model/wait-forest.ts';
export type { WatchState } from './model/watch-state.ts';
export type { WrittenFile, WrittenPlan } from './model/written-plan.ts';
export { listRecipes, listRules } from './pipeline/list-rules.ts';
