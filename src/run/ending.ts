import type { RunOutcome } from '../model/run-event.ts';

/** How a run ends, decided by the state machine and written to the ledger before the last event. */
export interface Ending {
  readonly outcome: RunOutcome;
  /** One sentence. */
  readonly summary: string;
  readonly nextCommand: string | null;
  /** The step that failed, for its ledger row. */
  readonly failure: { readonly sqlstate: string | null; readonly message: string } | null;
}
