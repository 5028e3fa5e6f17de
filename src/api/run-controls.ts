import type { DatabaseTarget } from '../db/database-target.ts';
import type { BlockerPolicies } from '../model/blocker-policy.ts';
import type { Phase } from '../model/plan.ts';
import type { QueueDecision } from '../model/queue-decision.ts';
import type { RunEvent } from '../model/run-event.ts';

/** What every guarded run is told. */
export interface RunControls {
  readonly databaseUrl: DatabaseTarget;
  /** How far to go: `migrate` (where it is missing) stops at the first closed gate, `contract` goes past all of them. */
  readonly through?: Phase;
  /** `<migration>:<step>` of one gate to pass; missing or null: none. */
  readonly pastGate?: string | null;
  /** What the user typed, for next commands, without the connection string; missing: the command that does the same. */
  readonly commandLine?: string;
  /** In all, a step waits this long for locks before the run stops resumably, ms; missing: 30 minutes. */
  readonly maxWaitMs?: number;
  /** Who may be ended when in the way; missing: nobody. */
  readonly blockers?: BlockerPolicies;
  /** How many sessions may wait behind a strike; missing: by the traffic of the table. */
  readonly queue?: QueueDecision;
  /** After a run that has changed something, the database is watched so long beside the time before, ms; missing: not at all. */
  readonly afterWatchMs?: number;
  /** Told everything that happens, in order. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Aborted: what is under way is finished, or cancelled where it may take long; then the run stops resumably. */
  readonly signal?: AbortSignal;
}
