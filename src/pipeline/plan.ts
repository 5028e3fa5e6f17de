import { applyStatement } from '../catalog/apply-statement.ts';
import { catalogFingerprint } from '../catalog/catalog-fingerprint.ts';
import { deriveFacts } from '../facts/postgres/derive-facts.ts';
import type { Catalog } from '../model/catalog.ts';
import type { PlanReport } from '../model/report.ts';
import { makePlan } from '../plan/make-plan.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';
import type { ParsedMigration } from './check.ts';
import type { JudgeOptions } from './judge-statements.ts';

export interface PlanInput extends JudgeOptions {
  readonly migrations: readonly ParsedMigration[];
  readonly catalog: Catalog;
  /** Whether the catalog holds everything there is on the server. */
  readonly catalogIsComplete: boolean;
}

/**
 * The safe plan for migrations, stamped with the fingerprint of the catalog that it starts from. Pure.
 *
 * @throws UnplannableError when a statement cannot be planned.
 */
export function plan(input: PlanInput): PlanReport {
  const { version, timeZone } = input;
  const output = makePlan({
    ...input,
    tools: {
      parse: (sql) => parseStatements(sql, 'plan'),
      deriveFacts: (statement, catalog) => deriveFacts({ statement, catalog, version, timeZone }),
      applyStatement,
    },
  });
  return {
    kind: 'plan',
    version: 1,
    plan: {
      version: 1,
      engine: 'postgresql',
      serverMajor: version.major,
      fingerprint: catalogFingerprint(input.catalog),
      migrations: output.migrations,
    },
    notes: output.notes,
  };
}
