import { applyStatement } from '../catalog/apply-statement.ts';
import { deriveFacts } from '../facts/postgres/derive-facts.ts';
import type { Action } from '../model/action.ts';
import type { Calibration } from '../model/calibration.ts';
import type { Catalog } from '../model/catalog.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { ServerVersion } from '../model/server-version.ts';
import type { SetVariable } from '../model/set-variable.ts';
import type { Statement } from '../model/statement.ts';
import { doubtUnseen } from './doubt-unseen.ts';
import { EmptyTables } from './empty-tables.ts';

export interface JudgedStep {
  readonly statement: Statement;
  readonly facts: StatementFacts;
  /** The schema before the statement. */
  readonly before: Catalog;
  /** Which tables the file has made and not filled by then. */
  isEmpty(relation: RelationKey): boolean;
}

export interface Judgement {
  readonly steps: readonly JudgedStep[];
  /** The schema after the last statement. */
  readonly catalog: Catalog;
}

export interface JudgeOptions {
  readonly version: ServerVersion;
  /** TimeZone of the session that would run the statements; null when it is not known. */
  readonly timeZone: string | null;
  /** Whether the schema holds everything there is on the server, so that what it lacks is missing there. */
  readonly catalogIsComplete: boolean;
  /** How fast the server works, where the catalog has sizes to reckon with. */
  readonly calibration?: Calibration;
}

/** Derives the facts of statements in order, each on the schema that the ones before it leave behind. */
export function judgeStatements(statements: readonly Statement[], start: Catalog, options: JudgeOptions): Judgement {
  let catalog = start;
  const { version, catalogIsComplete } = options;
  let { timeZone } = options;
  const steps: JudgedStep[] = [];
  const emptyTables = new EmptyTables();
  for (const [place, statement] of statements.entries()) {
    const isEmpty = emptyTables.isEmptyAt(place);
    const input = { statement, catalog, version, timeZone, catalogIsComplete, isEmpty };
    steps.push({ statement, facts: doubtUnseen(deriveFacts(input), catalog), before: catalog, isEmpty });
    const { action } = statement;
    emptyTables.pass(place, catalog, action);
    catalog = applyStatement(catalog, statement);
    for (const setting of settingsOf(action)) if (setting.name.toLowerCase() === 'timezone') timeZone = setting.value;
  }
  return { steps, catalog };
}

/** SET, or set_config() with plain values. */
function settingsOf(action: Action): readonly SetVariable[] {
  if (action.kind === 'set-variable') return [action];
  return action.kind === 'dml' ? (action.settings ?? []) : [];
}
