/** The public API: what the command line does, for programs. */
export { type ApplyOptions, applyMigrations as apply } from './api/apply-migrations.ts';
export {
  checkMigrations as check,
  explainFiles as explain,
  planMigrations as makePlan,
} from './api/check-migrations.ts';
export type { InputOptions } from './api/load-input.ts';
export { migrationStatus as status, type StatusOptions } from './api/migration-status.ts';
export type * from './model/error.ts';
export { EvenkeelError } from './model/error.ts';
export type { RelationLock, StatementFacts } from './model/facts.ts';
export type { Finding, Severity } from './model/finding.ts';
export type { MigrationPlan, Phase, Plan, Step } from './model/plan.ts';
export type { CheckReport, ExplainReport, PlanReport, StatusReport } from './model/report.ts';
export type { RunEvent, RunOutcome } from './model/run-event.ts';
