import { createHash } from 'node:crypto';
import path from 'node:path';
import { readRuleSettings } from '../config/read-rule-settings.ts';
import { MigrationCodeError } from '../model/error.ts';
import type { InputProblem } from '../model/input-problem.ts';
import type { CheckReport, ExplainReport, PlanReport } from '../model/report.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import { type CheckInput, check } from '../pipeline/check.ts';
import { explain } from '../pipeline/explain.ts';
import { listRuleNames } from '../pipeline/list-rules.ts';
import { plan } from '../pipeline/plan.ts';
import { changedFiles, realpathOf } from '../source/changed-files.ts';
import { repositoryRoot } from '../source/repository-root.ts';
import { readTypeormSettings } from '../source/typeorm-settings.ts';
import { readBaseline } from './baseline-file.ts';
import { countLosses } from './count-losses.ts';
import {
  type InputOptions,
  type LoadedInput,
  loadInput,
  loadReadableInput,
  type UnreadableMigration,
} from './load-input.ts';
import type { ProveOptions } from './prove-migrations.ts';
import type { TraceOptions } from './trace-migrations.ts';
import type { WriteOptions } from './write-plan.ts';

export interface CheckOptions extends InputOptions, TraceOptions {
  /** Severities, by rule: `error`, `warning`, `info` or `off`, for everything or for certain tables. */
  readonly rules?: RuleSettings;
  /** A file that `check --write-baseline` wrote: the findings in it do not count. */
  readonly baselineFile?: string;
  /** A branch, tag or commit: files that are as they were there are replayed, and not judged. */
  readonly since?: string;
}

/**
 * Findings for migrations, in order, each judged on the schema that the earlier ones leave behind. A file that cannot be
 * read is a problem of the report, and does not hide the findings of the others.
 *
 * @throws SourceError, UsageError, ConnectionError; SqlSyntaxError of a schema file; with `trace` InterruptedError.
 * @example const report = await checkMigrations({ paths: ['drizzle'], serverMajor: 16 });
 */
export async function checkMigrations(options: CheckOptions): Promise<CheckReport> {
  const settings = rulesOf(options);
  const baseline = options.baselineFile === undefined ? null : await readBaseline(options.baselineFile);
  const since = options.since === undefined ? null : await changesSince(options.since);
  const [{ unreadable, ...input }, repository, projectSettings] = await Promise.all([
    loadReadableInput(options),
    repositoryRoot(process.cwd()),
    readTypeormSettings(process.cwd()),
  ]);
  const root = repository ?? process.cwd();
  const repositoryPathOf = (file: string): string => pathInRepository(root, file);
  const paths = [
    ...input.migrations.map(({ migration }) => migration.path),
    ...unreadable.map(({ error }) => error.path),
  ];
  const isChanged = since === null ? null : await since(paths);
  // What needs a run to be told was no news when it was written.
  const isOld = ({ error }: UnreadableMigration): boolean =>
    error instanceof MigrationCodeError && isChanged?.(error.path) === false;
  const report = check({
    ...input,
    planCommand: planCommand(options),
    settings,
    repositoryPathOf,
    projectSettings,
    leftOut: unreadable.map((one) => ({
      problem: isOld(one) ? null : problemOf(one, repositoryPathOf),
      position: one.position,
    })),
    ...(baseline === null ? {} : { baseline }),
    ...(isChanged === null ? {} : { since: { ref: options.since ?? '', isChanged } }),
  } satisfies CheckInput);
  if (options.trace !== true) return report;
  const { traceCheck } = await import('./trace-migrations.ts');
  return traceCheck(report, input, options.signal);
}

export interface ExplainOptions extends InputOptions, TraceOptions {}

/** The facts of each file, judged alone against the given schema. */
export async function explainFiles(options: ExplainOptions): Promise<ExplainReport> {
  const input = await loadInput(options);
  const report = explain(input);
  if (options.trace !== true) return report;
  const { traceExplain } = await import('./trace-migrations.ts');
  return traceExplain(report, input, options.signal);
}

export interface PlanOptions extends InputOptions, ProveOptions, WriteOptions {}

/**
 * The safe plan for migrations; on a live server for those that are not applied yet, with the rows counted that they
 * would lose. With `write` it is also put into files.
 */
export async function planMigrations(options: PlanOptions): Promise<PlanReport> {
  const input = await loadInput(options);
  const made = plan(input);
  const counted = options.databaseUrl === undefined ? made : await countLosses(made, options.databaseUrl);
  const report = await provedWhereAsked(counted, input, options);
  if (options.write !== true) return report;
  const { writePlan } = await import('./write-plan.ts');
  return { ...report, written: await writePlan(report, input, options, planCommand(options)) };
}

async function provedWhereAsked(report: PlanReport, input: LoadedInput, options: ProveOptions): Promise<PlanReport> {
  if (options.prove !== true) return report;
  const { proveMigrations } = await import('./prove-migrations.ts');
  return proveMigrations(report, input, options.signal);
}

function rulesOf({ rules }: CheckOptions): RuleSettings {
  const knownRules = listRuleNames();
  return rules === undefined ? {} : readRuleSettings(rules, { file: 'the options', knownRules });
}

/** Asks git at once, so that a wrong ref is told before anything else is done; the paths come later. */
async function changesSince(ref: string): Promise<(paths: readonly string[]) => Promise<(path: string) => boolean>> {
  const changed = await changedFiles(process.cwd(), ref);
  return async (paths) => {
    const places = await Promise.all(paths.map(async (one) => [one, await realpathOf(one)] as const));
    const changedPaths = new Set(places.filter(([, place]) => changed.has(place)).map(([one]) => one));
    return (one) => changedPaths.has(one);
  };
}

/** With `/` between the parts; a file outside of the repository keeps the path that was typed. */
function pathInRepository(root: string, file: string): string {
  const inside = path.relative(root, path.resolve(file));
  const isInside = inside !== '..' && !inside.startsWith(`..${path.sep}`) && !path.isAbsolute(inside);
  return (isInside ? inside : file).replaceAll(path.sep, '/');
}

function problemOf({ error, text }: UnreadableMigration, repositoryPathOf: (file: string) => string): InputProblem {
  const { code, line, column } = error;
  const place = `${error.path}:${line}:${column}: `;
  const repositoryPath = repositoryPathOf(error.path);
  return {
    code,
    path: error.path,
    repositoryPath,
    line,
    column,
    message: error.message.startsWith(place) ? error.message.slice(place.length) : error.message,
    nextCommand: error.nextCommand ?? `open ${error.path}`,
    text,
    fingerprint: createHash('sha256').update(`${code} ${repositoryPath}`).digest('hex'),
  };
}

/** The same input for `plan`; the address of a database is never repeated. */
function planCommand(options: InputOptions): string {
  const words = ['evenkeel plan', ...options.paths];
  if (options.schemaFile !== undefined) words.push(`--schema ${options.schemaFile}`);
  if (options.databaseUrl !== undefined) words.push('--database-url "$DATABASE_URL"');
  if (options.serverMajor !== undefined) words.push(`--server-version ${options.serverMajor}`);
  return words.join(' ');
}
