import { applyStatement } from '../catalog/apply-statement.ts';
import { catalogFingerprint } from '../catalog/catalog-fingerprint.ts';
import { deriveFacts } from '../facts/postgres/derive-facts.ts';
import type { Catalog } from '../model/catalog.ts';
import { UnplannableError } from '../model/error.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { PlanReport } from '../model/report.ts';
import { makePlan } from '../plan/make-plan.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';
import { unseenRelation } from './doubt-unseen.ts';
import { estimateOf } from './estimate-of.ts';
import { type JudgeOptions, judgeStatements } from './judge-statements.ts';
import type { ParsedMigration } from './parsed-migration.ts';

/** Below that, nobody has to know how long it takes. */
const WORTH_A_NOTE_MS = 1_000;

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
  const { version, timeZone, catalogIsComplete } = input;
  const output = makePlan({
    ...input,
    tools: {
      parse: (sql) => parseStatements(sql, 'plan'),
      deriveFacts: (statement, catalog) =>
        refuseUnseen(deriveFacts({ statement, catalog, version, timeZone, catalogIsComplete }), catalog),
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
    notes: [...output.notes, ...sizeNotes(input)],
  };
}

/** What a snapshot could not see may be just what makes a step unsafe. */
function refuseUnseen(facts: StatementFacts, catalog: Catalog): StatementFacts {
  const unseen = unseenRelation(facts, catalog);
  if (unseen === null) return facts;
  throw new UnplannableError(`No safe plan can be made for ${unseen.relation}. ${unseen.sentence}`, {
    nextCommand: 'evenkeel snapshot --database-url "$DATABASE_URL"',
  });
}

/** What each statement would cost as it stands, where that is long enough to be worth a note. */
function sizeNotes(input: PlanInput): PlanReport['notes'] {
  let { catalog } = input;
  return input.migrations.flatMap(({ migration: { path }, statements }) => {
    const judgement = judgeStatements(statements, catalog, input);
    const created = catalog;
    catalog = judgement.catalog;
    return judgement.steps.flatMap((step) => {
      const isUsed = (relation: string): boolean => created.relations[relation] !== undefined;
      const estimate = estimateOf(step, input, isUsed);
      if (estimate === null || estimate.durationMs < WORTH_A_NOTE_MS) return [];
      return [{ path, line: step.statement.span.line, note: `As one statement: ${estimate.sentence}` }];
    });
  });
}
