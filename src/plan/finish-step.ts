import type { Catalog } from '../model/catalog.ts';
import type { RelationLock, StatementFacts } from '../model/facts.ts';
import { compareLockModes, strongerLockMode } from '../model/lock-mode.ts';
import type { LockClass, Step } from '../model/plan.ts';
import type { PlanTools } from './plan-tools.ts';
import type { StepDraft } from './step-draft.ts';

export type FinishableDraft = Exclude<StepDraft, { kind: 'replan' }>;

export interface FinishedStep {
  readonly step: Step;
  /** The schema after the step. */
  readonly catalog: Catalog;
}

/** Waiting for a strong lock longer than this keeps everybody behind us waiting too (measured: worst stall = this). */
const BRIEF_LOCK_TIMEOUT_MS = 100;
/** While SHARE UPDATE EXCLUSIVE is waited for, reads and writes go on, so it may take longer. */
const SCAN_LOCK_TIMEOUT_MS = 5_000;
const ROW_LOCK_TIMEOUT_MS = 2_000;
/** What a brief statement may take at most; thousands of partitions fit in. */
const BRIEF_STATEMENT_TIMEOUT_MS = 5_000;
const BOUNDED_STATEMENT_TIMEOUT_MS = 1_000;
const ROWS_STATEMENT_TIMEOUT_MS = 30_000;
const BATCH_ROWS = 1_000;

/** Fills in what a recipe leaves open: the step's number, and locks and timeouts from the facts of its own SQL. */
export function finishStep(
  draft: FinishableDraft,
  place: { readonly ordinal: number; readonly line: number; isFresh(relation: string): boolean },
  catalog: Catalog,
  tools: PlanTools,
): FinishedStep {
  const base = { id: stepId(place.ordinal, draft.name), phase: draft.phase, why: draft.why, line: place.line };
  if (draft.kind === 'gate') {
    return { step: { ...base, kind: 'gate', deploy: draft.deploy, undo: null, locks: [] }, catalog };
  }
  if (draft.kind === 'backfill') {
    const { table, assignments, where, keyColumns, undo, postCondition } = draft;
    const locks: readonly RelationLock[] = [{ relation: table, mode: 'ROW EXCLUSIVE' }];
    const timeouts = { lockTimeoutMs: 500, statementTimeoutMs: 10_000 };
    return {
      step: {
        ...base,
        kind: 'backfill',
        table,
        assignments,
        where,
        keyColumns,
        ...(draft.once === true ? { once: true } : {}),
        batchRows: BATCH_ROWS,
        locks,
        ...timeouts,
        undo,
        postCondition,
      },
      catalog,
    };
  }
  const sql = draft.kind === 'transaction' ? draft.sql : [draft.sql];
  const effect = effectOf(sql, catalog, tools);
  if (draft.kind === 'concurrent-index') {
    const { verb, table, index, undo, postCondition } = draft;
    const timeouts = { lockTimeoutMs: ROW_LOCK_TIMEOUT_MS, statementTimeoutMs: null };
    return {
      step: {
        ...base,
        kind: 'concurrent-index',
        verb,
        sql: draft.sql,
        table,
        index,
        locks: effect.locks,
        ...timeouts,
        undo,
        postCondition,
      },
      catalog: effect.catalog,
    };
  }
  const locks = draft.locks ?? effect.locks;
  const lockClass = draft.locks === undefined ? classOf(effect, place.isFresh) : 'scan';
  const step: Step = {
    ...base,
    kind: 'transaction',
    sql,
    locks,
    lockClass,
    ...timeoutsOf(lockClass, draft.bounded === true),
    undo: draft.undo,
    postCondition: draft.postCondition,
  };
  return { step, catalog: effect.catalog };
}

function stepId(ordinal: number, name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `${String(ordinal).padStart(2, '0')}-${slug}`;
}

interface Effect {
  readonly locks: readonly RelationLock[];
  readonly facts: readonly StatementFacts[];
  /** Reads or writes rows of a table; the one row of a sequence is none. */
  readonly touchesRows: boolean;
  readonly catalog: Catalog;
}

/** The facts of a step's SQL, statement after statement, and the schema that it leaves behind. */
function effectOf(sql: readonly string[], before: Catalog, tools: PlanTools): Effect {
  let catalog = before;
  const facts: StatementFacts[] = [];
  let touchesRows = false;
  const locks = new Map<string, RelationLock>();
  for (const statement of sql.flatMap((text) => tools.parse(text))) {
    const own = tools.deriveFacts(statement, catalog);
    facts.push(own);
    const schema = catalog;
    const isSequence =
      own.locks.length > 0 && own.locks.every((lock) => schema.relations[lock.relation]?.kind === 'sequence');
    touchesRows ||= own.kind === 'dml' && !isSequence;
    for (const lock of own.locks) {
      // What an earlier statement of the same step has made is not there yet when the step asks for its locks.
      if (before.relations[lock.relation] === undefined && catalog.relations[lock.relation] !== undefined) continue;
      const held = locks.get(lock.relation);
      locks.set(lock.relation, held === undefined ? lock : { ...lock, mode: strongerLockMode(held.mode, lock.mode) });
    }
    catalog = tools.applyStatement(catalog, statement);
  }
  return { locks: [...locks.values()].sort((a, b) => (a.relation < b.relation ? -1 : 1)), facts, touchesRows, catalog };
}

function classOf(effect: Effect, isFresh: (relation: string) => boolean): LockClass {
  const used = effect.locks.filter((lock) => !isFresh(lock.relation));
  if (effect.touchesRows) return used.length === 0 ? 'fresh' : 'rows';
  const isUnknown = effect.facts.some((facts) => facts.certainty === 'unknown');
  if (used.length === 0) return isUnknown ? 'brief' : 'fresh';
  const strongest = used.map((lock) => lock.mode).reduce(strongerLockMode);
  const isRefresh = effect.facts.every((facts) => facts.kind === 'refresh-materialized-view');
  const isMild = compareLockModes(strongest, 'SHARE UPDATE EXCLUSIVE') <= 0 || (isRefresh && strongest === 'EXCLUSIVE');
  return isMild && effect.facts.some((facts) => facts.scans.length > 0) ? 'scan' : 'brief';
}

function timeoutsOf(
  lockClass: LockClass,
  bounded: boolean,
): { lockTimeoutMs: number; statementTimeoutMs: number | null } {
  switch (lockClass) {
    case 'brief':
      return {
        lockTimeoutMs: BRIEF_LOCK_TIMEOUT_MS,
        statementTimeoutMs: bounded ? BOUNDED_STATEMENT_TIMEOUT_MS : BRIEF_STATEMENT_TIMEOUT_MS,
      };
    case 'scan':
      return { lockTimeoutMs: SCAN_LOCK_TIMEOUT_MS, statementTimeoutMs: null };
    case 'rows':
      return {
        lockTimeoutMs: ROW_LOCK_TIMEOUT_MS,
        statementTimeoutMs: bounded ? BOUNDED_STATEMENT_TIMEOUT_MS : ROWS_STATEMENT_TIMEOUT_MS,
      };
    case 'fresh':
      return { lockTimeoutMs: ROW_LOCK_TIMEOUT_MS, statementTimeoutMs: null };
  }
}
