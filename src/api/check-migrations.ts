import type { CheckReport, ExplainReport, PlanReport } from '../model/report.ts';
import { check } from '../pipeline/check.ts';
import { explain } from '../pipeline/explain.ts';
import { plan } from '../pipeline/plan.ts';
import { type InputOptions, loadInput } from './load-input.ts';

/**
 * Findings for migrations, in order, each judged on the schema that the earlier ones leave behind.
 *
 * @example const report = await checkMigrations({ paths: ['drizzle'], serverMajor: 16 });
 */
export async function checkMigrations(options: InputOptions): Promise<CheckReport> {
  return check({ ...(await loadInput(options)), planCommand: planCommand(options) });
}

/** The facts of each file, judged alone against the given schema. */
export async function explainFiles(options: InputOptions): Promise<ExplainReport> {
  return explain(await loadInput(options));
}

/** The safe plan for migrations; on a live server for those that are not applied yet. */
export async function planMigrations(options: InputOptions): Promise<PlanReport> {
  return plan(await loadInput(options));
}

/** The same input for `plan`; the address of a database is never repeated. */
function planCommand(options: InputOptions): string {
  const words = ['evenkeel plan', ...options.paths];
  if (options.schemaFile !== undefined) words.push(`--schema ${options.schemaFile}`);
  if (options.databaseUrl !== undefined) words.push('--database-url "$DATABASE_URL"');
  if (options.serverMajor !== undefined) words.push(`--server-version ${options.serverMajor}`);
  return words.join(' ');
}
