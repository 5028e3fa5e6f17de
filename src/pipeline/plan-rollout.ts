import { relationPart } from '../lint/relation-part.ts';
import type { Catalog } from '../model/catalog.ts';
import { nameForCreation, resolveName } from '../model/catalog-lookup.ts';
import type { MigrationPlan, Step } from '../model/plan.ts';
import type { Fallback, RolloutStage } from '../model/plan-rollout.ts';
import { relationKey } from '../model/relation-name.ts';
import type { Statement } from '../model/statement.ts';
import type { JudgedStep, JudgeOptions } from './judge-statements.ts';
import type { JudgedMigration } from './judged-migration.ts';
import type { OriginsOf } from './origins-of.ts';
import { foldSteps, undoChain } from './undo-chain.ts';

interface Stage {
  readonly gate: string | null;
  readonly steps: Step[];
}

interface Breakage {
  readonly stage: number;
  /** Whether a gate before it asks for code that lives with it. */
  readonly isCovered: boolean;
  readonly sentence: string;
}

/**
 * Which versions of the application may run beside a migration, and what the way back is, from gate to gate. That old
 * code works up to its gate, and new code from there on, is what every recipe is proved by.
 */
export function planRollout(
  migration: MigrationPlan,
  originsOf: OriginsOf,
  judged: JudgedMigration,
  options: JudgeOptions,
): readonly RolloutStage[] {
  const stages = stagesOf(migration.steps);
  const stageOf = new Map(
    stages.flatMap(({ gate, steps }, place) => [
      ...(gate === null ? [] : [[gate, place] as const]),
      ...steps.map(({ id }) => [id, place] as const),
    ]),
  );
  const breakages = judged.steps.flatMap((step) => breakagesOf(step, judged, originsOf, stages, stageOf));
  return stages.map(({ gate, steps }, place) => {
    const here = breakages.filter(({ stage }) => stage === place);
    const done = stages.slice(0, place + 1).flatMap((stage) => stage.steps);
    return {
      path: migration.path,
      gate,
      steps: steps.map(({ id }) => id),
      atGate: gate === null ? null : sideBySide(gate, originsOf),
      versions: versionsOf(gate, here),
      breaks: [...new Set(here.map(({ sentence }) => sentence))],
      fallback: fallbackOf(done, addedBy(done, originsOf, judged), judged.start, options),
    };
  });
}

function stagesOf(steps: readonly Step[]): readonly Stage[] {
  const stages: Stage[] = [{ gate: null, steps: [] }];
  for (const step of steps) {
    if (step.kind === 'gate') stages.push({ gate: step.id, steps: [] });
    else stages.at(-1)?.steps.push(step);
  }
  return stages;
}

/** What a statement breaks, it breaks behind its gate, or with its first step where it has none. */
function breakagesOf(
  step: JudgedStep,
  judged: JudgedMigration,
  originsOf: OriginsOf,
  stages: readonly Stage[],
  stageOf: ReadonlyMap<string, number>,
): readonly Breakage[] {
  const own = originsOf.get(step.statement) ?? [];
  const gate = own.find((origin) => stages.some((stage) => stage.gate === origin.step));
  const start = gate ?? own[0];
  if (start === undefined) return [];
  return step.facts.breaks
    .filter(({ what }) => judged.isUsed(step, relationPart(what)))
    .map(({ sentence }) => ({ stage: stageOf.get(start.step) ?? 0, isCovered: gate !== undefined, sentence }));
}

function sideBySide(gate: string, originsOf: OriginsOf): string {
  const own = [...originsOf.values()].find((origins) => origins.some(({ step }) => step === gate));
  if (own?.[0]?.statement.action.kind === 'rename' && own[0].step === gate) {
    return 'The new name is there only after the next step: the version that the gate asks for has to try both names.';
  }
  return 'Until the gate is passed, versions from before and the one that it asks for may run side by side.';
}

function versionsOf(gate: string | null, here: readonly Breakage[]): string {
  const isOpen = here.some(({ isCovered }) => !isCovered);
  if (gate === null) {
    return isOpen
      ? 'Only versions that live with what fails here; no gate waits for them, so deploy them first.'
      : 'The version that runs today runs on.';
  }
  const more = isOpen ? ' They have to live with what fails here, too.' : '';
  return `Only versions that do what the gates so far ask for; nothing older.${more}`;
}

/** Columns and tables that the migration adds for good; what a recipe adds for a while holds nothing of its own. */
function addedBy(done: readonly Step[], originsOf: OriginsOf, judged: JudgedMigration): readonly string[] {
  const ids = new Set(done.map(({ id }) => id));
  return judged.steps
    .filter(({ statement }) => originsOf.get(statement)?.some(({ step }) => ids.has(step)) === true)
    .flatMap((step) => additionsOf(step, judged));
}

function additionsOf(step: JudgedStep, judged: JudgedMigration): readonly string[] {
  const { action }: Statement = step.statement;
  if (action.kind === 'create-table' || action.kind === 'create-table-as') {
    return [`table ${relationKey(nameForCreation(step.before, action.name))}`];
  }
  if (action.kind !== 'alter-table' || action.object !== 'table') return [];
  const key = relationKey(resolveName(step.before, action.name));
  // What is in a table of the migration's own goes with the table.
  if (!judged.isUsed(step, key)) return [];
  return action.commands.flatMap((one) => (one.kind === 'add-column' ? [`column ${key}.${one.column.name}`] : []));
}

function fallbackOf(done: readonly Step[], added: readonly string[], start: Catalog, options: JudgeOptions): Fallback {
  const open = done.filter(({ undo }) => undo === null).map(({ id }) => id);
  const chain = open.length > 0 ? null : undoChain(done, foldSteps(start, done), options);
  const withoutUndo = chain === null ? open : chain.stuck;
  const isUndoable = chain !== null && chain.stuck.length === 0;
  return {
    kind: isUndoable ? 'undo' : 'fix-forward',
    withoutUndo,
    undo: isUndoable ? chain.sql : null,
    added,
    sentence: fallbackSentence(done, withoutUndo, added),
  };
}

function fallbackSentence(done: readonly Step[], withoutUndo: readonly string[], added: readonly string[]): string {
  if (done.length === 0) return 'Nothing is done yet: stop here, and nothing has changed.';
  if (withoutUndo.length > 0) {
    const named = withoutUndo.length > 3 ? `${withoutUndo.length} steps` : withoutUndo.join(', ');
    return `Fix forward: there is no undo of ${named} that loses nothing.`;
  }
  const undo = 'Undo: every step so far can be taken back, the last one first';
  if (added.length === 0) return `${undo}, and nothing is lost.`;
  return `${undo}. Once the application has written to ${added.join(', ')}, that loses what it wrote: fix forward from then on.`;
}
