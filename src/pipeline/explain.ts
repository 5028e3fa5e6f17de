import type { Catalog } from '../model/catalog.ts';
import type { ExplainReport, JudgedStatement } from '../model/report.ts';
import { judged } from './check.ts';
import { estimateOf } from './estimate-of.ts';
import { type JudgedStep, type JudgeOptions, judgeStatements } from './judge-statements.ts';
import type { ParsedMigration } from './parsed-migration.ts';

export interface ExplainInput extends JudgeOptions {
  readonly migrations: readonly ParsedMigration[];
  readonly catalog: Catalog;
}

/** The facts of each file, judged alone against the given schema. Pure, and without an opinion. */
export function explain(input: ExplainInput): ExplainReport {
  const files = input.migrations.map(({ migration, statements }) => ({
    path: migration.path,
    statements: judgeStatements(statements, input.catalog, input).steps.map((step) => withEstimate(step, input)),
  }));
  return { kind: 'explain', version: 1, server: input.version, files };
}

function withEstimate(step: JudgedStep, options: JudgeOptions): JudgedStatement {
  const estimate = estimateOf(step, options);
  return estimate === null ? judged(step) : { ...judged(step), estimate };
}
