import type { BlockerPolicies } from '../model/blocker-policy.ts';
import type { Phase } from '../model/plan.ts';
import type { RunEvent } from '../model/run-event.ts';

/** What every guarded run is told. */
export interface RunControls {
  readonly databaseUrl: string;
  /** How far to go: `migrate` stops at the first closed gate, `contract` goes past all of them. */
  readonly through: Phase;
  /** `<migration>:<step>` of one gate to pass, or null. */
  readonly pastGate: string | null;
  /** What the user typed, for next commands; without the connection string. */
  readonly commandLine: string;
  /** In all, a step waits this long for locks before the run stops resumably, ms; missing: 30 minutes. */
  readonly maxWaitMs?: number;
  /** Who may be ended when in the way; missing: nobody. */
  readonly blockers?: BlockerPolicies;
  readonly onEvent: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}
