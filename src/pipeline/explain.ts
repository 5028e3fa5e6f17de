import type { Catalog } from '../model/catalog.ts';
import type { ExplainReport } from '../model/report.ts';
import { judged, type ParsedMigration } from './check.ts';
import { type JudgeOptions, judgeStatements } from './judge-statements.ts';

export interface ExplainInput extends JudgeOptions {
  readonly migrations: readonly ParsedMigration[];
  readonly catalog: Catalog;
}

/** The facts of each file, judged alone against the given schema. Pure, and without an opinion. */
export function explain(input: ExplainInput): ExplainReport {
  const files = input.migrations.map(({ migration, statements }) => ({
    path: migration.path,
    statements: judgeStatements(statements, input.catalog, input).steps.map(judged),
  }));
  return { kind: 'explain', version: 1, server: input.version, files };
}
