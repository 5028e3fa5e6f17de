import { applyStatement } from '../catalog/apply-statement.ts';
import { deriveFacts } from '../facts/postgres/derive-facts.ts';
import type { Catalog } from '../model/catalog.ts';
import type { Step } from '../model/plan.ts';
import { parseStatements } from '../sql/postgres/parse-statements.ts';
import type { JudgeOptions } from './judge-statements.ts';

export interface UndoChain {
  /** What takes all steps back, in the order in which it is to run. */
  readonly sql: readonly string[];
  /** Ids of steps whose undo the server would refuse by then. */
  readonly stuck: readonly string[];
}

/** The schema after steps of a plan. */
export function foldSteps(start: Catalog, steps: readonly Step[]): Catalog {
  return steps.reduce((catalog, step) => {
    const sql = step.kind === 'transaction' ? step.sql : step.kind === 'concurrent-index' ? [step.sql] : [];
    const after = sql.flatMap((text) => parseStatements(text, 'plan')).reduce(applyStatement, catalog);
    // SET LOCAL ends with its step.
    return { ...after, searchPath: catalog.searchPath };
  }, start);
}

/**
 * The undo of steps, the last one first. What is gone by then (a later step dropped it, or its undo took it along) need
 * not be taken back any more.
 *
 * @param after the schema after the last step.
 */
export function undoChain(steps: readonly Step[], after: Catalog, options: JudgeOptions): UndoChain {
  let catalog = after;
  const sql: string[] = [];
  const stuck: string[] = [];
  for (const step of [...steps].reverse()) {
    for (const text of step.undo ?? []) {
      const statements = parseStatements(text, 'undo');
      const failures = statements.flatMap((statement) => deriveFacts({ ...options, statement, catalog }).failure ?? []);
      if (failures.some(({ sqlstate }) => sqlstate === '42704')) continue;
      if (failures.length > 0) stuck.push(step.id);
      sql.push(text);
      catalog = statements.reduce(applyStatement, catalog);
    }
  }
  return { sql, stuck };
}
