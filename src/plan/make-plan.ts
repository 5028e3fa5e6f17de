import type { Catalog } from '../model/catalog.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationPlan } from '../model/plan.ts';
import type { Statement } from '../model/statement.ts';
import { MigrationPlanner, type PlannerInput } from './migration-planner.ts';
import type { StepOrigin } from './step-origin.ts';

export interface MakePlanInput extends PlannerInput {
  readonly migrations: readonly { readonly migration: Migration; readonly statements: readonly Statement[] }[];
  /** The schema before the first migration. */
  readonly catalog: Catalog;
}

export interface MakePlanOutput {
  readonly migrations: readonly MigrationPlan[];
  readonly notes: readonly { readonly path: string; readonly line: number; readonly note: string }[];
  /** What each step comes from, in the order of the plan; several for one that does the work of several. */
  readonly origins: readonly StepOrigin[];
  /** The schema after the last step. */
  readonly catalog: Catalog;
}

/**
 * Turns migrations into safe steps. Pure: the same files and the same catalog give the same plan.
 *
 * @throws UnplannableError when a statement is certain to fail on the server, or must run outside every transaction
 * and is no index build.
 */
export function makePlan(input: MakePlanInput): MakePlanOutput {
  let { catalog } = input;
  const notes: MakePlanOutput['notes'][number][] = [];
  const migrations: MigrationPlan[] = [];
  const origins: StepOrigin[] = [];
  for (const { migration, statements } of input.migrations) {
    const planner = new MigrationPlanner(input, migration, catalog);
    planner.addAll(statements);
    const finished = planner.finish();
    migrations.push(finished.plan);
    for (const origin of finished.origins) origins.push(origin);
    notes.push(...planner.notes);
    catalog = planner.catalog;
  }
  return { migrations, notes, origins, catalog };
}
