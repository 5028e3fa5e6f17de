import type { Catalog } from '../model/catalog.ts';
import type { RelationLock, StatementFacts } from '../model/facts.ts';
import { compareLockModes } from '../model/lock-mode.ts';
import type { Statement } from '../model/statement.ts';
import type { StepMark } from '../model/step-mark.ts';
import { isOwnSetting } from './file-settings.ts';
import type { PlanTools } from './plan-tools.ts';
import { recordedInLedger } from './post-condition.ts';
import type { TransactionDraft } from './step-draft.ts';

export interface MarkedFile {
  /** Of the migration. */
  readonly id: string;
  readonly statements: readonly Statement[];
  readonly mark: StepMark;
}

/**
 * The step that a file of `plan --write` holds: its statements belong together, and are safe together, though one alone
 * would be planned otherwise (the columns that change places in a swap). What would hold up others for long is not taken
 * at its word.
 *
 * @returns null when the file has to be planned like any other.
 */
export function markedStep(
  { id, statements, mark }: MarkedFile,
  catalog: Catalog,
  tools: PlanTools,
  isFresh: (relation: string) => boolean,
): TransactionDraft | null {
  if (mark.manner === 'concurrent-index' || mark.manner === 'backfill') return null;
  const work = statements.filter((statement) => !isFrame(statement));
  const facts = factsOf(work, catalog, tools);
  const isCertain = facts.every(({ failure, transaction }) => failure === null && transaction !== 'outside-only');
  if (work.length === 0 || !isCertain || facts.some((one) => holdsUpOthers(one, isFresh))) return null;
  const locks = facts.flatMap((one) => one.locks);
  if (mark.manner === 'scan' && locks.some(isStrong) && !facts.every(isRefresh)) return null;
  return {
    kind: 'transaction',
    name: id.replace(/^\d+[_-]*/, ''),
    phase: mark.phase,
    why: 'A step of a plan that was written into a file: its statements stay together.',
    sql: work.map(({ sql }) => sql),
    undo: null,
    postCondition: recordedInLedger(),
    ...(mark.manner === 'scan' ? { locks: strongestFirst(locks) } : {}),
  };
}

/** BEGIN, COMMIT and timeouts: every step has its own. */
function isFrame({ action }: Statement): boolean {
  if (action.kind === 'transaction') return action.verb === 'begin' || action.verb === 'commit';
  return action.kind === 'set-variable' && isOwnSetting(action.name);
}

function factsOf(work: readonly Statement[], before: Catalog, tools: PlanTools): readonly StatementFacts[] {
  let catalog = before;
  return work.map((statement) => {
    const facts = tools.deriveFacts(statement, catalog);
    catalog = tools.applyStatement(catalog, statement);
    return facts;
  });
}

function holdsUpOthers(facts: StatementFacts, isFresh: (relation: string) => boolean): boolean {
  const isLong = [...facts.rewrites, ...facts.scans].some((relation) => !isFresh(relation));
  return isLong && facts.locks.some(isStrong) && !isRefresh(facts);
}

function isRefresh({ kind, locks }: StatementFacts): boolean {
  return kind === 'refresh-materialized-view' && locks.every(({ mode }) => mode !== 'ACCESS EXCLUSIVE');
}

function isStrong({ mode }: RelationLock): boolean {
  return compareLockModes(mode, 'SHARE UPDATE EXCLUSIVE') > 0;
}

function strongestFirst(locks: readonly RelationLock[]): readonly RelationLock[] {
  const sorted = [...locks].sort((a, b) => compareLockModes(b.mode, a.mode));
  return sorted.filter((lock, index) => sorted.findIndex(({ relation }) => relation === lock.relation) === index);
}
