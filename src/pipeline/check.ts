import { applyStatement } from '../catalog/apply-statement.ts';
import { deriveFacts } from '../facts/postgres/derive-facts.ts';
import { lintStatement } from '../lint/lint-statement.ts';
import type { Catalog } from '../model/catalog.ts';
import type { Finding } from '../model/finding.ts';
import type { Migration } from '../model/migration.ts';
import type { CheckReport, JudgedStatement } from '../model/report.ts';
import type { Statement } from '../model/statement.ts';
import { recipeFor } from '../plan/recipes.ts';
import { splitCommands } from '../plan/split-commands.ts';
import { type JudgedStep, type JudgeOptions, judgeStatements } from './judge-statements.ts';

export interface ParsedMigration {
  readonly migration: Migration;
  readonly statements: readonly Statement[];
}

export interface CheckInput extends JudgeOptions {
  readonly migrations: readonly ParsedMigration[];
  readonly catalog: Catalog;
  /** What to type to see the safe plan for the same input. */
  readonly planCommand: string;
  /** In words: where the catalog came from. */
  readonly context: string;
}

/**
 * Judges migrations in order, each on the schema that the earlier ones leave behind. Pure.
 * A relation that a file creates itself is not in use yet, so nothing is said about locking it.
 */
export function check(input: CheckInput): CheckReport {
  let { catalog } = input;
  const files: CheckReport['files'][number][] = [];
  const findings: Finding[] = [];
  for (const parsed of input.migrations) {
    const judgement = judgeStatements(parsed.statements, catalog, input);
    files.push({ path: parsed.migration.path, statements: judgement.steps.map(judged) });
    for (const step of judgement.steps) findings.push(...opinions(input, parsed.migration, step, catalog));
    catalog = judgement.catalog;
  }
  return { kind: 'check', version: 1, server: input.version, context: input.context, files, findings };
}

export function judged(step: JudgedStep): JudgedStatement {
  return { sql: step.statement.sql, span: step.statement.span, facts: step.facts };
}

function opinions(input: CheckInput, migration: Migration, step: JudgedStep, fileStart: Catalog): readonly Finding[] {
  const isFresh = (relation: string): boolean =>
    fileStart.relations[relation] === undefined && step.before.relations[relation] !== undefined;
  return lintStatement({
    path: migration.path,
    span: step.statement.span,
    sql: step.statement.sql,
    facts: step.facts,
    isUsed: (relation) => !isFresh(relation),
    rowsOf: (relation) => {
      const found = step.before.relations[relation];
      return found === undefined || found.kind === 'sequence' ? null : found.rowsEstimate;
    },
    runsInTransaction: migration.format === 'drizzle',
    planCommand: input.planCommand,
    safeWay: safeWay(input, step, isFresh),
  });
}

/** The first command of the statement for which the planner has a way of its own. */
function safeWay(
  input: CheckInput,
  step: JudgedStep,
  isFresh: (relation: string) => boolean,
): { recipe: string; summary: string } | null {
  let catalog = step.before;
  for (const statement of splitCommands(step.statement)) {
    const facts = deriveFacts({ statement, catalog, version: input.version, timeZone: input.timeZone });
    const recipe = recipeFor({ statement, facts, catalog, version: input.version, isFresh });
    if (recipe !== null) return { recipe: recipe.name, summary: recipe.summary };
    catalog = applyStatement(catalog, statement);
  }
  return null;
}
