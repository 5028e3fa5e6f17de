import type { RelationLock } from '../model/facts.ts';
import type { Phase, PostCondition } from '../model/plan.ts';
import type { RelationKey } from '../model/relation-name.ts';

/** What a recipe writes down; locks, numbers and timeouts are filled in from the facts of its SQL afterwards. */
export type StepDraft = TransactionDraft | ConcurrentIndexDraft | BackfillDraft | GateDraft | ReplanDraft;

interface DraftBase {
  /** Short, stable, file-name-like: `validate-orders_customer_fk`. */
  readonly name: string;
  readonly phase: Phase;
  readonly why: string;
}

export interface TransactionDraft extends DraftBase {
  readonly kind: 'transaction';
  readonly sql: readonly string[];
  readonly undo: readonly string[] | null;
  readonly postCondition: PostCondition;
  /** What whoever reads the plan has to know beside its steps. */
  readonly note?: string;
  /** Set on the step that creates the trigger that keeps columns in step; the planner sees to its end. */
  readonly follows?: FollowedColumns;
  /** For SQL whose locks cannot be derived (code blocks that the recipe wrote itself). */
  readonly locks?: readonly RelationLock[];
  /**
   * The statement may take long on a large table and there is no safer way: it gets one second, and is taken back
   * whole when that is not enough.
   */
  readonly bounded?: boolean;
}

export interface ConcurrentIndexDraft extends DraftBase {
  readonly kind: 'concurrent-index';
  readonly verb: 'create' | 'drop' | 'reindex';
  readonly sql: string;
  readonly table: RelationKey;
  readonly index: RelationKey;
  readonly undo: readonly string[] | null;
  readonly postCondition: PostCondition;
}

export interface BackfillDraft extends DraftBase {
  readonly kind: 'backfill';
  readonly table: RelationKey;
  readonly assignments: string;
  readonly where: string;
  readonly keyColumns: readonly string[];
  /** As in `BackfillStep`. */
  readonly once?: true;
  readonly undo: readonly string[] | null;
  readonly postCondition: PostCondition;
}

export interface GateDraft extends DraftBase {
  readonly kind: 'gate';
  readonly deploy: string;
}

/** SQL that some other recipe knows how to do safely: it is planned as if the migration had said it. */
export interface ReplanDraft {
  readonly kind: 'replan';
  readonly sql: string;
}

/** Columns that a trigger fills from others of their row until the application does so itself. */
export interface FollowedColumns {
  readonly table: RelationKey;
  readonly trigger: string;
  readonly targets: readonly string[];
  readonly sources: readonly string[];
  /** Those of the sources that the file drops in the end. */
  readonly dropped: readonly string[];
  readonly dropAll: readonly string[];
}
