import type { Catalog } from '../model/catalog.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { type JudgedStep, type JudgeOptions, judgeStatements } from './judge-statements.ts';
import type { ParsedMigration } from './parsed-migration.ts';
import { renamedRelations } from './renamed-relations.ts';

/** What the statements of a migration do as they stand. */
export interface JudgedMigration {
  readonly path: string;
  /** The schema before the first statement. */
  readonly start: Catalog;
  readonly steps: readonly JudgedStep[];
  /** Whether somebody may be using a relation when a step runs: all but what the migration made itself. */
  isUsed(step: JudgedStep, relation: RelationKey): boolean;
}

/** Judges migrations in order, each on the schema that the ones before it leave behind. */
export function judgeMigrations(
  migrations: readonly ParsedMigration[],
  start: Catalog,
  options: JudgeOptions,
): readonly JudgedMigration[] {
  let catalog = start;
  return migrations.map(({ migration: { path }, statements }) => {
    const created = catalog;
    const judgement = judgeStatements(statements, created, options);
    const renamed = renamedRelations(judgement.steps, created);
    catalog = judgement.catalog;
    const isUsed = ({ before }: JudgedStep, relation: RelationKey): boolean =>
      created.relations[relation] !== undefined || before.relations[relation] === undefined || renamed.has(relation);
    return { path, start: created, steps: judgement.steps, isUsed };
  });
}
