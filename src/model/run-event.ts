import type { Aftermath } from './aftermath.ts';
import type { Alarm } from './alarm.ts';
import type { BlockerClass, BlockerPolicy } from './blocker-policy.ts';
import type { LockMode } from './lock-mode.ts';
import type { RelationKey } from './relation-name.ts';

/** Somebody who holds a lock that a step needs, or whom an index build waits for. */
export interface Blocker {
  readonly pid: number | null;
  readonly class: BlockerClass;
  /** When its session began, in the server's words: a pid alone may be somebody else's by now. */
  readonly backendStart: string | null;
  readonly relation: RelationKey;
  /** null: it holds no lock that matters, but sees the database as it was before the index build began. */
  readonly mode: LockMode | null;
  readonly user: string | null;
  readonly applicationName: string | null;
  readonly state: string | null;
  /** How long its transaction is open, ms; null when the server does not let us see. */
  readonly ageMs: number | null;
  readonly isAutovacuum: boolean;
  /** The first 200 characters; literals are kept out. */
  readonly query: string | null;
}

/** Everything that happens in a run is one of these: small, serialisable, `noun:verb`. */
export type RunEvent = { readonly seq: number; readonly at: string; readonly run: string } & RunEventDetail;

export type RunEventDetail =
  | { readonly type: 'run:start'; readonly migrations: number; readonly steps: number; readonly resumed: boolean }
  | {
      readonly type: 'run:waiting-for-runner';
      readonly holderPid: number | null;
      readonly holder: string | null;
      readonly ageMs: number | null;
    }
  | {
      readonly type: 'run:end';
      readonly outcome: RunOutcome;
      readonly summary: string;
      readonly nextCommand: string | null;
      readonly exposure: Exposure;
    }
  /** Something worth knowing that stops nothing: what the role cannot see, which setting the server refused. */
  | { readonly type: 'run:note'; readonly note: string }
  | { readonly type: 'orphan:terminated'; readonly pid: number; readonly query: string | null }
  /** A dead runner's session still builds the index of this step: it is waited for. */
  | {
      readonly type: 'orphan:adopted';
      readonly pid: number;
      readonly query: string | null;
      readonly migration: string;
      readonly step: string;
    }
  | { readonly type: 'migration:start'; readonly migration: string; readonly steps: number }
  | { readonly type: 'migration:done'; readonly migration: string }
  | {
      readonly type: 'step:start';
      readonly migration: string;
      readonly step: string;
      readonly kind: string;
      readonly phase: string;
      readonly why: string;
    }
  | { readonly type: 'step:skip'; readonly migration: string; readonly step: string; readonly reason: string }
  | {
      readonly type: 'step:done';
      readonly migration: string;
      readonly step: string;
      readonly attempts: number;
      readonly elapsedMs: number;
      readonly heldMs: number | null;
    }
  | {
      readonly type: 'step:failed';
      readonly migration: string;
      readonly step: string;
      readonly sqlstate: string | null;
      readonly message: string;
      readonly hint: string;
    }
  | {
      readonly type: 'lock:wait';
      readonly migration: string;
      readonly step: string;
      readonly blockers: readonly Blocker[];
      readonly waitedMs: number;
    }
  /** A policy of the user wants this session out of the way; told before the signal is sent. */
  | {
      readonly type: 'blocker:signal';
      readonly migration: string;
      readonly step: string;
      readonly action: 'cancel' | 'terminate';
      readonly blocker: Blocker;
      readonly policy: BlockerPolicy;
    }
  | {
      readonly type: 'blocker:signalled';
      readonly migration: string;
      readonly step: string;
      readonly pid: number | null;
      readonly outcome: 'sent' | 'gone' | 'refused';
    }
  | { readonly type: 'lock:clear'; readonly migration: string; readonly step: string; readonly waitedMs: number }
  | {
      readonly type: 'lock:timeout';
      readonly migration: string;
      readonly step: string;
      readonly attempt: number;
      readonly budgetMs: number;
      readonly retryInMs: number;
    }
  /** Our own strike was taken back for those who stood behind it. */
  | {
      readonly type: 'strike:cancelled';
      readonly migration: string;
      readonly step: string;
      readonly attempt: number;
      /** Too many stood behind it, or for too long. */
      readonly budget: 'queue' | 'stall';
      /** Sessions, or ms. */
      readonly limit: number;
      readonly waiters: number;
      readonly heldUpMs: number;
      /** Whether it stood in the queue itself; if not, it held its locks. */
      readonly weWaited: boolean;
      readonly retryInMs: number;
    }
  /** A sign of the server is worse than it may be; a statement of ours that lasts was taken back, or is not begun. */
  | ({ readonly type: 'alarm:raised'; readonly migration: string; readonly step: string } & Alarm)
  | { readonly type: 'alarm:cleared'; readonly migration: string; readonly step: string }
  | {
      readonly type: 'index:progress';
      readonly migration: string;
      readonly step: string;
      readonly phase: string;
      /** Of the phase. */
      readonly percent: number | null;
      /** Until the phase is over, at the rate that it has had so far. */
      readonly etaMs: number | null;
      readonly waitingForPid: number | null;
      /** Who that is. */
      readonly waitingFor: Blocker | null;
      readonly elapsedMs: number;
    }
  | {
      readonly type: 'index:repair';
      readonly migration: string;
      readonly step: string;
      readonly index: RelationKey;
      readonly reason: string;
    }
  | {
      readonly type: 'backfill:batch';
      readonly migration: string;
      readonly step: string;
      readonly rowsDone: number;
      readonly rowsEstimate: number | null;
      readonly rowsPerSecond: number;
      readonly etaMs: number | null;
    }
  | { readonly type: 'scan:progress'; readonly migration: string; readonly step: string; readonly elapsedMs: number }
  | {
      readonly type: 'gate:closed';
      readonly migration: string;
      readonly step: string;
      readonly deploy: string;
      readonly nextCommand: string;
    }
  /** Everything is done and in the ledger; the database is watched for a while, beside the time before. */
  | { readonly type: 'after:start'; readonly watchMs: number }
  | ({ readonly type: 'after:end' } & Aftermath)
  | { readonly type: 'gate:passed'; readonly migration: string; readonly step: string };

/**
 * - `completed`: everything that was pending is applied.
 * - `gated`: the plan waits for a deployment.
 * - `stopped`: not finished, nothing half-done that the next run does not finish.
 * - `failed`: a person has to mend something (data, SQL, privileges) before it can go on.
 */
export type RunOutcome = 'completed' | 'gated' | 'stopped' | 'failed';

/** How long the run could have held others up, and how long it asked for locks in vain. */
export interface Exposure {
  /** Sum over strikes of the time from asking for the first lock to COMMIT, ms, as seen from here. */
  readonly heldMs: number;
  /** Sum of the budgets of strikes that timed out, ms. */
  readonly waitedInQueueMs: number;
  readonly strikes: number;
  /** The most sessions seen waiting behind us at any sample. */
  readonly maxWaitersSeen: number;
  /** How often a session in the way was cancelled or ended, as policies of the user wanted. */
  readonly signalsSent: number;
}
