import { applyStatement } from '../catalog/apply-statement.ts';
import { RULE_DESCRIPTIONS } from '../lint/rule-descriptions.ts';
import type { Catalog } from '../model/catalog.ts';
import type { Finding, SuppressedFinding } from '../model/finding.ts';
import type { InputProblem } from '../model/input-problem.ts';
import type { ProjectSetting } from '../model/project-setting.ts';
import type { CheckReport, JudgedStatement } from '../model/report.ts';
import type { RuleSettings } from '../model/rule-settings.ts';
import { ActionSequence } from './action-sequence.ts';
import { type Baseline, compareWithBaseline } from './baseline.ts';
import { checkFile } from './check-file.ts';
import { projectFinding } from './file-findings.ts';
import type { JudgedStep, JudgeOptions } from './judge-statements.ts';
import { markFindings } from './mark-findings.ts';
import type { ParsedMigration } from './parsed-migration.ts';
import { TransactionWalk } from './transaction-walk.ts';

/** A migration that could not be read, and how many of the others stand before it. */
export interface LeftOutMigration {
  /** null where it is as it was, and only the files after it are judged. */
  readonly problem: InputProblem | null;
  readonly position: number;
}

export interface CheckInput extends JudgeOptions {
  readonly migrations: readonly ParsedMigration[];
  readonly catalog: Catalog;
  /** What to type to see the safe plan for the same input. */
  readonly planCommand: string;
  /** In words: where the catalog came from. */
  readonly context: string;
  /** What tools are told in the code of the project. */
  readonly projectSettings?: readonly ProjectSetting[];
  readonly leftOut?: readonly LeftOutMigration[];
  readonly settings?: RuleSettings;
  readonly baseline?: Baseline;
  /** Files that are as they were at that point are replayed, and not judged. */
  readonly since?: { readonly ref: string; isChanged(path: string): boolean };
  /** From the top of the repository; without it paths are as the user typed them. */
  repositoryPathOf?(path: string): string;
}

/**
 * Judges migrations in order, each on the schema that the earlier ones leave behind. Pure.
 * A relation that a file creates itself is not in use yet, so nothing is said about locking it.
 */
export function check(input: CheckInput): CheckReport {
  const files: CheckReport['files'][number][] = [];
  const findings: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  const firstLeftOut = Math.min(...(input.leftOut ?? []).map(({ position }) => position));
  let { catalog } = input;
  let unchanged = 0;
  const walk = new TransactionWalk();
  const sequence = new ActionSequence(input.migrations);
  for (const [index, parsed] of input.migrations.entries()) {
    const { path } = parsed.migration;
    if (input.since?.isChanged(path) === false) {
      catalog = parsed.statements.reduce(applyStatement, catalog);
      unchanged += 1;
      continue;
    }
    // What is applied already was left out by then, or stands in the history as it is.
    const arePending = input.since !== undefined || input.catalogIsComplete;
    const isImplicit = parsed.migration.isOneMessage === true && parsed.statements.length > 1;
    const scope = isImplicit ? 'file' : parsed.migration.transaction;
    walk.startFile(scope, arePending && files.length > 0, isImplicit);
    const repositoryPath = input.repositoryPathOf?.(path) ?? path;
    const checked = checkFile({
      ...input,
      parsed,
      catalog,
      repositoryPath,
      followsLeftOut: index >= firstLeftOut,
      walk,
      sequence,
    });
    files.push({ path, repositoryPath, text: parsed.migration.sql, statements: checked.steps.map(judged) });
    // One by one: a file may have more findings than a call has arguments.
    for (const finding of checked.findings) findings.push(finding);
    for (const one of checked.suppressed) suppressed.push(one);
    catalog = checked.catalog;
  }
  for (const setting of input.projectSettings ?? []) {
    const { path, text } = setting;
    const repositoryPath = input.repositoryPathOf?.(path) ?? path;
    const found = markFindings(projectFinding(setting, input.settings ?? {}), repositoryPath);
    if (found.length > 0) files.push({ path, repositoryPath, text, statements: [] });
    findings.push(...found);
  }
  const compared = compareWithBaseline(findings, input.baseline ?? null);
  return {
    kind: 'check',
    version: 1,
    server: input.version,
    context: input.context,
    files,
    findings: compared.findings,
    suppressed: [...suppressed, ...compared.suppressed],
    problems: (input.leftOut ?? []).flatMap(({ problem }) => problem ?? []),
    rules: rulesOf([...findings, ...suppressed.map(({ finding }) => finding)]),
    baseline: compared.baseline,
    since: input.since === undefined ? null : { ref: input.since.ref, unchanged },
  };
}

export function judged(step: JudgedStep): JudgedStatement {
  return { sql: step.statement.sql, span: step.statement.span, facts: step.facts };
}

function rulesOf(findings: readonly Finding[]): CheckReport['rules'] {
  const ids = new Set(findings.map(({ rule }) => rule));
  return RULE_DESCRIPTIONS.filter(({ id }) => ids.has(id));
}
