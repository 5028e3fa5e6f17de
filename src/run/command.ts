import type { PassCursor } from '../backfill/pass-cursor.ts';
import type { QueueBudget } from '../guard/supervise.ts';
import type { RelationLock } from '../model/facts.ts';
import type { BackfillStep, ConcurrentIndexStep, PostCondition, TransactionStep } from '../model/plan.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { Ending } from './ending.ts';

/** Which step a command belongs to; `-` where it belongs to none. */
export interface StepAddress {
  readonly migration: string;
  readonly step: string;
  /** 1-based place of the step in its migration. */
  readonly ordinal: number;
}

export type Command = CommandDetail & { readonly address: StepAddress };

/** What the loop is to do next; each is answered by exactly one input. */
export type CommandDetail =
  | { readonly kind: 'announce-migration' }
  | { readonly kind: 'probe-condition'; readonly condition: PostCondition; readonly sql: string }
  | {
      readonly kind: 'observe';
      readonly locks: readonly RelationLock[];
      readonly oldHolderMs: number;
      readonly budgetMs: number;
      readonly afterMs: number;
    }
  | {
      readonly kind: 'end-blocker';
      readonly pid: number;
      readonly backendStart: string;
      readonly action: 'cancel' | 'terminate';
    }
  | { readonly kind: 'probe-lock'; readonly step: ConcurrentIndexStep; readonly lockTimeoutMs: number }
  | {
      readonly kind: 'strike';
      readonly step: TransactionStep;
      readonly attempts: number;
      readonly lockTimeoutMs: number;
      /** What may stand behind it; null: nobody does, or it does not matter. */
      readonly budget: QueueBudget | null;
    }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Until the signs of the server are good again, or for so long. */
  | { readonly kind: 'wait-for-calm'; readonly ms: number }
  | { readonly kind: 'inspect-index'; readonly step: ConcurrentIndexStep }
  | { readonly kind: 'record-intent'; readonly attempts: number }
  | { readonly kind: 'build-index'; readonly step: ConcurrentIndexStep }
  | { readonly kind: 'drop-index'; readonly index: RelationKey; readonly step: ConcurrentIndexStep }
  /** Waits for the statement that the worker is at, but no longer than this; then looks how far it is. */
  | { readonly kind: 'watch-index'; readonly step: ConcurrentIndexStep; readonly afterMs: number }
  /** Cancels the statement that the worker is at, and waits for its end. */
  | { readonly kind: 'cancel-index'; readonly why: 'stop' | 'deadline' }
  /** Ends the session of a dead runner that still builds. */
  | { readonly kind: 'end-orphan'; readonly pid: number; readonly backendStart: string }
  | {
      readonly kind: 'start-pass';
      readonly step: BackfillStep;
      readonly pass: number;
      readonly resume: PassCursor | null;
      readonly rowsDone: number;
    }
  | {
      readonly kind: 'copy-batch';
      readonly step: BackfillStep;
      readonly cursor: PassCursor;
      readonly size: number;
      readonly afterMs: number;
    }
  | {
      readonly kind: 'record-step';
      readonly state: 'done' | 'passed';
      readonly attempts: number;
      readonly message: string | null;
    }
  | { readonly kind: 'finish-migration' }
  | { readonly kind: 'record-ending'; readonly ending: Ending }
  /** Go on with the command that is already pending. */
  | { readonly kind: 'carry-on' }
  | { readonly kind: 'none' };

export type CommandKind = CommandDetail['kind'];
