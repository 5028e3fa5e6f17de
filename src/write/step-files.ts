import type { Migration } from '../model/migration.ts';
import type { MigrationPlan, Step } from '../model/plan.ts';
import type { WrittenStep } from '../model/written-plan.ts';
import { type FileBody, fileBody, type WorkStep } from './file-body.ts';
import { fileHead } from './file-head.ts';
import { fileText } from './file-text.ts';
import { type ToolManner, toolManner } from './tool-manner.ts';

/** A step as the text of a file; where the file lies hangs on the folder. */
export interface StepFile {
  /** For its name: letters, digits and `_`. */
  readonly words: string;
  /** @param name by which its tool will know it, where that stands in the file. */
  text(name: string): string;
  readonly body: FileBody;
  readonly step: WrittenStep;
}

/**
 * A file for each step of a plan, in the form that the tool of its migration runs. Pure.
 *
 * @throws UnplannableError when the tool can run no form of a step.
 */
export function stepFiles(plan: MigrationPlan, migration: Migration): readonly StepFile[] {
  const manner = toolManner(migration);
  return placed(plan).map((step) => stepFile(step, migration, manner));
}

interface PlacedStep extends WrittenStep {
  readonly work: WorkStep;
}

/** Each step that does something, with the gates in front of it; the last one also with those behind it. */
function placed({ id, steps }: MigrationPlan): readonly PlacedStep[] {
  const found: PlacedStep[] = [];
  let gates: string[] = [];
  for (const step of steps) {
    if (step.kind === 'gate') {
      gates.push(step.deploy);
      continue;
    }
    // A step that only looks has nothing that a tool could run.
    if (step.kind === 'transaction' && step.sql.length === 0) continue;
    const { phase } = step;
    found.push({ migration: id, id: step.id, phase, deployBefore: gates, deployAfter: [], work: step });
    gates = [];
  }
  const last = found.pop();
  return last === undefined ? [] : [...found, { ...last, deployAfter: gates }];
}

function stepFile({ work, ...step }: PlacedStep, migration: Migration, manner: ToolManner): StepFile {
  const body = fileBody(work, manner);
  const { deployBefore, deployAfter } = step;
  const head = fileHead({ step: work, body, migration: migration.id, deployBefore, deployAfter });
  return { words: wordsOf(work), text: (name) => fileText({ head, body }, migration, manner, name), body, step };
}

/** `02-new-column-total` is `new_column_total`. */
function wordsOf({ id }: Step): string {
  return id.replace(/^\d+-/, '').replaceAll('-', '_');
}
