import { relationPart } from '../lint/relation-part.ts';
import type { MigrationPlan, Step } from '../model/plan.ts';
import { type NaiveCost, type PlanChoice, RUNGS, type Rung } from '../model/plan-choice.ts';
import type { RecipeName } from '../plan/recipe.ts';
import { rungOfRecipe } from '../plan/recipes.ts';
import type { StepOrigin } from '../plan/step-origin.ts';
import { estimateOf } from './estimate-of.ts';
import type { JudgedStep, JudgeOptions } from './judge-statements.ts';
import type { JudgedMigration } from './judged-migration.ts';
import type { OriginsOf } from './origins-of.ts';

/** Why each statement that recipes made safe is done the way it is, and what it would cost as it stands. */
export function planChoices(
  { path, steps }: MigrationPlan,
  originsOf: OriginsOf,
  judged: JudgedMigration,
  options: JudgeOptions,
): readonly PlanChoice[] {
  const stepOf = new Map(steps.map((step) => [step.id, step]));
  return judged.steps.flatMap((one) => {
    const ways = waysOf(originsOf.get(one.statement) ?? [], stepOf);
    if (ways.length === 0) return [];
    const rung = RUNGS[Math.max(...ways.map((way) => RUNGS.indexOf(way.rung)))] ?? 'catalog-only';
    const naive = naiveCost(one, judged, options);
    return [
      {
        path,
        line: one.statement.span.line,
        rung,
        because: reasonFor(rung, one.statement.action.kind, naive),
        ways,
        naive,
      },
    ];
  });
}

function waysOf(origins: readonly StepOrigin[], stepOf: ReadonlyMap<string, Step>): PlanChoice['ways'] {
  const ids = new Map<RecipeName, Set<string>>();
  for (const { recipe, step } of origins) {
    if (recipe !== null) ids.set(recipe, (ids.get(recipe) ?? new Set()).add(step));
  }
  return [...ids].map(([recipe, own]) => {
    const steps = [...own];
    return {
      recipe,
      rung: rungOf(
        recipe,
        steps.flatMap((id) => stepOf.get(id) ?? []),
      ),
      steps,
    };
  });
}

/** A recipe that had less to do than it is made for (an index of a table without partitions) says so by its steps. */
function rungOf(recipe: RecipeName, steps: readonly Step[]): Rung {
  const rung = rungOfRecipe(recipe);
  const reads = steps.some((step) => step.kind === 'transaction' && step.lockClass === 'scan');
  const evidence: Readonly<Record<Rung, boolean>> = {
    'catalog-only': true,
    'not-valid-validate': reads,
    concurrently: reads || steps.some((step) => step.kind === 'concurrent-index'),
    'new-column-backfill': steps.some((step) => step.kind === 'backfill'),
    'shadow-table': steps.some((step) => step.kind === 'backfill'),
  };
  return evidence[rung] ? rung : 'catalog-only';
}

function naiveCost(step: JudgedStep, judged: JudgedMigration, options: JudgeOptions): NaiveCost {
  const { facts } = step;
  const isUsed = (relation: string): boolean => judged.isUsed(step, relation);
  const estimate = estimateOf(step, options, isUsed);
  return {
    locks: facts.locks.filter((lock) => isUsed(lock.relation)),
    rewrites: facts.rewrites.filter(isUsed),
    scans: facts.scans.filter(isUsed),
    indexBuilds: facts.indexBuilds,
    breaks: facts.breaks.filter(({ what }) => isUsed(relationPart(what))),
    certainty: facts.certainty,
    ...(estimate === null ? {} : { estimate }),
  };
}

function reasonFor(rung: Rung, kind: JudgedStep['facts']['kind'], naive: NaiveCost): string {
  switch (rung) {
    case 'catalog-only':
      return 'No row has to be read or written, and there is nothing cheaper than that.';
    case 'not-valid-validate':
      return 'Old rows have to be read as a proof, which a change of the catalog alone is not; they are read while reads and writes go on.';
    case 'concurrently':
      return kind === 'refresh-materialized-view'
        ? 'The rows of the view have to be made anew, and only CONCURRENTLY lets its readers go on meanwhile.'
        : 'A whole index has to be built or to go, and only CONCURRENTLY does that while reads and writes go on.';
    case 'new-column-backfill':
      return naive.rewrites.length === 0
        ? 'Old and new code need the column under different names for a while, so it is there twice, and old rows are copied in small batches.'
        : 'Old rows have to be written, which neither a proof nor an index does; a column of its own is filled in small batches.';
    case 'shadow-table':
      return 'All rows have to be written, and more than a column changes; a second table is filled while reads and writes go on.';
  }
}
