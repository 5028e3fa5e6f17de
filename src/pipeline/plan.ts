import { applyStatement } from '../catalog/apply-statement.ts';
import { catalogFingerprint } from '../catalog/catalog-fingerprint.ts';
import { deriveFacts } from '../facts/postgres/derive-facts.ts';
import { isSteady } from '../facts/postgres/volatility.ts';
import type { Catalog } from '../model/catalog.ts';
import { UnplannableError } from '../model/error.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { Plan } from '../model/plan.ts';
import type { PlanReport } from '../model/report.ts';
import { type MakePlanOutput, makePlan } from '../plan/make-plan.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';
import { unseenRelation } from './doubt-unseen.ts';
import { estimateOf } from './estimate-of.ts';
import type { JudgeOptions } from './judge-statements.ts';
import { type JudgedMigration, judgeMigrations } from './judged-migration.ts';
import { knownSizes } from './known-sizes.ts';
import { type OriginsOf, originsByStatement } from './origins-of.ts';
import type { ParsedMigration } from './parsed-migration.ts';
import { planChoices } from './plan-choices.ts';
import { planLosses } from './plan-losses.ts';
import { planRollout } from './plan-rollout.ts';

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
      isSteady: (expression, catalog) => isSteady({ catalog }, expression),
      applyStatement,
    },
  });
  const made: Plan = {
    version: 1,
    engine: 'postgresql',
    serverMajor: version.major,
    fingerprint: catalogFingerprint(input.catalog),
    migrations: output.migrations,
  };
  return { kind: 'plan', version: 1, plan: made, ...explained(made, output, input) };
}

/** What there is to say about a plan beside its steps. */
function explained(
  made: Plan,
  output: MakePlanOutput,
  input: PlanInput,
): Pick<PlanReport, 'notes' | 'choices' | 'rollout' | 'losses' | 'sizes'> {
  const judged = judgeMigrations(input.migrations, input.catalog, input);
  const originsOf = originsByStatement(output.origins);
  const inOrder = made.migrations.flatMap((migration, index) => {
    const own = judged[index];
    return own === undefined ? [] : [{ migration, own }];
  });
  const choices = inOrder.flatMap(({ migration, own }) => planChoices(migration, originsOf, own, input));
  return {
    notes: [...output.notes, ...judged.flatMap((own) => sizeNotes(own, originsOf, input))],
    choices,
    rollout: inOrder.flatMap(({ migration, own }) => planRollout(migration, originsOf, own, input)),
    losses: planLosses(input, judged),
    sizes: knownSizes(made, input.catalog),
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

/** What a statement costs that no recipe made safe, where that is long enough to be worth a note. */
function sizeNotes(judged: JudgedMigration, originsOf: OriginsOf, input: PlanInput): PlanReport['notes'] {
  const { path } = judged;
  return judged.steps.flatMap((step) => {
    if (originsOf.get(step.statement)?.some(({ recipe }) => recipe !== null)) return [];
    const estimate = estimateOf(step, input, (relation) => judged.isUsed(step, relation));
    if (estimate === null || estimate.durationMs < WORTH_A_NOTE_MS) return [];
    return [{ path, line: step.statement.span.line, note: `As one statement: ${estimate.sentence}` }];
  });
}
