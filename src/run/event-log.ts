import type { RunEvent, RunEventDetail } from '../model/run-event.ts';
import type { Ledger } from './ledger.ts';

/** Numbers what happens, tells it, and keeps what is worth keeping until the ledger takes it. */
export interface EventLog {
  readonly run: string;
  emit(detail: RunEventDetail): void;
  /** Writes what has come together since the last time. Called where no lock is held and none is about to be. */
  flush(ledger: Ledger): Promise<void>;
}

/** Progress is for whoever watches now; the ledger keeps changes of state. */
const PASSING: ReadonlySet<RunEventDetail['type']> = new Set(['backfill:batch', 'scan:progress', 'index:progress']);

/** @param onEvent must not throw: what happened has happened. */
export function makeEventLog(run: string, onEvent: (event: RunEvent) => void): EventLog {
  let seq = 0;
  let pending: RunEvent[] = [];
  return {
    run,
    emit: (detail) => {
      seq += 1;
      const event: RunEvent = { seq, at: new Date().toISOString(), run, ...detail };
      if (!PASSING.has(detail.type)) pending.push(event);
      onEvent(event);
    },
    flush: async (ledger) => {
      if (pending.length === 0) return;
      const events = pending;
      pending = [];
      await ledger.appendEvents(events);
    },
  };
}
