import type { PassCursor } from '../backfill/pass-cursor.ts';
import type { BlockerPolicies } from '../model/blocker-policy.ts';
import type { MigrationPlan, Phase, Step } from '../model/plan.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { Blocker, Exposure, RunEventDetail } from '../model/run-event.ts';
import type { StepRecord } from '../model/run-record.ts';
import type { Command } from './command.ts';
import type { SentSignal } from './due-ending.ts';
import type { Ending } from './ending.ts';
import type { Failure } from './failure.ts';
import type { GuardMemory } from './guard-memory.ts';
import type { RunLimits } from './limits.ts';

/*
 * The run as a pure state machine. A state waits for the input that its command brings; the loop in run-plan.ts does
 * nothing but perform commands. docs/SPEC.md holds the law: states, inputs, the table and the invariants.
 *
 *   ready -> announcing -> (a step) -> ... -> finishing-migration -> announcing -> ... -> closing -> ended
 *
 *   transaction       probing-step -> observing -> striking -> verifying -> (next)
 *   concurrent index  inspecting-index -> observing -> probing-lock -> recording-intent -> building-index
 *                       -> inspecting-index -> verifying -> recording -> (next)     repairing-index on the way
 *   backfill          probing-step -> starting-pass -> copying ... -> starting-pass ... -> verifying -> recording
 *   gate              recording -> (next), or closing
 *
 * ending-blocker stands between itself and observing, building-index, repairing-index or inspecting-index; backing-off
 * between any of them and itself.
 */

/** What does not change during a run. */
export interface RunContext {
  readonly migrations: readonly MigrationPlan[];
  /** What the ledger knew when we got the runner lock, by migration id. */
  readonly recalled: Readonly<Record<string, RecalledMigration>>;
  readonly through: Phase;
  /** `<migration>:<step>` of the gate that the user opens, or null. */
  readonly passGate: string | null;
  /** The command that the user typed, without --through and --past-gate: the base of every next command. */
  readonly commandLine: string;
  readonly limits: RunLimits;
  /** Who may be ended when in the way; nobody, unless the user says so. */
  readonly blockers: BlockerPolicies;
}

export interface RecalledMigration {
  readonly applied: boolean;
  readonly steps: Readonly<Record<string, RecalledStep>>;
}

export interface RecalledStep {
  readonly state: StepRecord['state'];
  readonly attempts: number;
  readonly rowsDone: number | null;
  readonly cursor: PassCursor | null;
}

/** Indexes into the plan. */
interface Position {
  readonly migration: number;
  readonly step: number;
}

interface Base {
  readonly position: Position;
  readonly exposure: Exposure;
  /** Asked to stop: finish what is under way, record it, start nothing new. */
  readonly stopping: boolean;
}

/** What is remembered of the step under way. Times are the loop's monotonic clock, ms. */
export interface Work extends Base {
  readonly step: Step;
  readonly startedAt: number;
  readonly attempts: number;
  /** When the waiting for others began; null while nobody is in the way. */
  readonly waitingSince: number | null;
  /** The blockers last reported, and when. */
  readonly reported: { readonly at: number; readonly blockers: string } | null;
  readonly heldMs: number | null;
  readonly guard: GuardMemory;
  /** To those in the way of this step. */
  readonly signals: readonly SentSignal[];
}

export interface CopyWork extends Work {
  readonly pass: number;
  /** Rows or blocks a batch; null before the first pass said which. */
  readonly size: number | null;
  readonly changedInPass: number;
  readonly rowsDone: number;
  readonly rowsAtStart: number;
  readonly rowsEstimate: number | null;
  readonly progressAt: number | null;
}

/** Why an index is being looked at: before anything was done, after it was done, or after it failed. */
export type InspectionPhase = 'before' | 'after' | 'after-failure';

interface Inspection extends Work {
  readonly phase: InspectionPhase;
  readonly failure: Failure | null;
}

/** A statement about an index that goes on meanwhile, as seen so far. Times are the loop's clock, ms. */
export interface IndexWatch {
  /** The session of a dead runner that it goes on in; null: our own worker. */
  readonly orphan: { readonly pid: number; readonly backendStart: string } | null;
  readonly since: number;
  /** Since when it has been waiting for others without a pause; null: it works. */
  readonly heldUpSince: number | null;
  readonly phase: { readonly name: string; readonly since: number; readonly percent: number } | null;
  /** The progress last told: when, and about whom. */
  readonly told: { readonly at: number; readonly waitingForPid: number | null } | null;
  /** Why we are ending it, a whole sentence; null: we are not. */
  readonly givingUp: string | null;
}

type Inspecting = Inspection & {
  readonly kind: 'inspecting-index';
  /** The build of a dead runner's session that we have taken over. */
  readonly adopted: IndexWatch | null;
};
type Repairing = Inspection & {
  readonly kind: 'repairing-index';
  readonly rest: readonly RelationKey[];
  readonly watch: IndexWatch | null;
};
/** `watch` null: the statement was not sent yet. */
type Building = Work & { readonly kind: 'building-index'; readonly watch: IndexWatch | null };

/** Where a statement about an index goes on, in our worker or in an adopted session. */
export type IndexWork = Inspecting | Repairing | Building;

export type RunState =
  | (Base & { readonly kind: 'ready' })
  | (Base & { readonly kind: 'announcing' })
  | (Work & { readonly kind: 'probing-step' })
  | (Work & { readonly kind: 'observing' })
  /** `during`: what goes on meanwhile and is gone back to; null: we were looking for a way to the lock. */
  | (Work & { readonly kind: 'ending-blocker'; readonly during: IndexWork | null })
  | (Work & { readonly kind: 'probing-lock' })
  /** `lockTimeoutMs`: how long it may wait for a lock. */
  | (Work & { readonly kind: 'striking'; readonly lockTimeoutMs: number })
  | (Work & { readonly kind: 'backing-off'; readonly resume: Resume })
  | Inspecting
  | Repairing
  | (Work & { readonly kind: 'recording-intent' })
  | Building
  | (CopyWork & { readonly kind: 'starting-pass'; readonly from: PassCursor | null })
  | (CopyWork & { readonly kind: 'copying'; readonly cursor: PassCursor })
  | (Work & { readonly kind: 'verifying'; readonly copy: CopyWork | null })
  | (Work & { readonly kind: 'recording'; readonly afterwards: readonly RunEventDetail[] })
  | (Base & { readonly kind: 'finishing-migration' })
  | (Base & { readonly kind: 'closing'; readonly ending: Ending })
  | (Base & { readonly kind: 'ended'; readonly ending: Ending });

export type StateKind = RunState['kind'];
export type StateOf<Kind extends StateKind> = Extract<RunState, { readonly kind: Kind }>;

/** Where backing off leads back to. */
export interface Resume {
  readonly state: RunState;
  readonly command: Command;
}

/** Every input carries the clock and the dice, so that the machine itself needs neither. */
export interface Moment {
  /** Monotonic, ms. */
  readonly at: number;
  /** In [0, 1). */
  readonly random: number;
}

export type RunInput = Moment & RunInputDetail;

export type RunInputDetail =
  | { readonly kind: 'begun' }
  | { readonly kind: 'recorded' }
  | { readonly kind: 'waited' }
  | { readonly kind: 'condition-answered'; readonly holds: boolean }
  | ({ readonly kind: 'holders-seen' } & HoldersSeen)
  /** `sent` false: the session was gone already. */
  | { readonly kind: 'blocker-signalled'; readonly sent: boolean }
  | { readonly kind: 'lock-probed' }
  | { readonly kind: 'struck'; readonly heldMs: number; readonly waiters: number }
  | ({ readonly kind: 'index-inspected' } & IndexInspection)
  | { readonly kind: 'index-built'; readonly waiters: number }
  | { readonly kind: 'index-dropped' }
  | ({ readonly kind: 'index-watched'; readonly waiters: number } & IndexLook)
  /** The session of a dead runner that was to be ended is gone. */
  | { readonly kind: 'orphan-ended' }
  /** `cursor` null: the table is empty. */
  | {
      readonly kind: 'pass-started';
      readonly cursor: PassCursor | null;
      readonly size: number;
      readonly rowsDone: number;
      readonly rowsEstimate: number | null;
    }
  /** `cursor` null: that was the last batch of the pass. */
  | {
      readonly kind: 'batch-done';
      readonly changed: number;
      readonly rowsDone: number;
      readonly cursor: PassCursor | null;
      readonly elapsedMs: number;
      readonly waiters: number;
    }
  | { readonly kind: 'sql-failed'; readonly failure: Failure }
  | { readonly kind: 'stop-requested' }
  | { readonly kind: 'connection-lost'; readonly message: string };

export type InputKind = RunInputDetail['kind'];
export type InputOf<Kind extends InputKind> = Extract<RunInput, { readonly kind: Kind }>;

export interface HoldersSeen {
  /** The holders that are too old to strike behind; none: clear. */
  readonly blockers: readonly Blocker[];
  /** Whether one gives way to whoever waits long enough. */
  readonly yields: boolean;
  /** How long the transactions of the others are open, where that can be seen, ms. */
  readonly agesMs: readonly number[];
  /** What the tables are asked a second; null when it is not known. */
  readonly scansPerSecond: number | null;
}

export interface IndexInspection {
  readonly condition: 'absent' | 'valid' | 'invalid' | 'building';
  /** Who builds it, when it is being built by another session. */
  readonly builderPid: number | null;
  /** When that session began; the pid alone may be somebody else's by now. */
  readonly builderStart: string | null;
  /** Whether that session is a dead runner's, and how far it is. */
  readonly orphan: IndexLook | null;
  /** false when an index of that name hangs on another table. */
  readonly onTable: boolean;
  /** Invalid `_ccnew` and `_ccold` remains of an interrupted REINDEX on the table. */
  readonly leftovers: readonly RelationKey[];
}

/** How far a statement about an index is, and whom it waits for. */
export interface IndexLook {
  /** In the server's words; null: it shows none. */
  readonly phase: string | null;
  /** Of the phase. */
  readonly percent: number | null;
  readonly blockers: readonly Blocker[];
}

/** What a transition answers: where we are, what to do, and what to tell. */
export interface Answer {
  readonly state: RunState;
  readonly command: Command;
  readonly events: readonly RunEventDetail[];
}

/** A transition: pure, and total over all states and inputs. */
type Transition<S extends StateKind, I extends InputKind> = (
  context: RunContext,
  state: StateOf<S>,
  input: InputOf<I>,
) => Answer;

export type TransitionTable = { readonly [S in StateKind]: { readonly [I in InputKind]: Transition<S, I> } };
