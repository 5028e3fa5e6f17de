import type { Connection } from '../db/connection.ts';
import type { Failpoint } from '../guard/failpoint.ts';
import type { RunEventDetail } from '../model/run-event.ts';
import type { Capabilities } from './capabilities.ts';
import type { Ledger } from './ledger.ts';
import type { RunLimits } from './limits.ts';
import type { VitalsMonitor } from './vitals-monitor.ts';

/** What commands are performed with. Everything that touches the server goes through one of the two sessions. */
export interface Workroom {
  /** Looks, cancels, writes the ledger. Holds the runner lock; never in a transaction while idle. */
  readonly control: Connection;
  /** Changes the user's schema and rows. */
  readonly worker: Connection;
  readonly ledger: Ledger;
  readonly capabilities: Capabilities;
  readonly vitals: VitalsMonitor;
  readonly limits: RunLimits;
  /** Aborted when the run is asked to stop. */
  readonly signal: AbortSignal;
  /** Aborted when a sign of the server got bad while the work at hand lasts; null where nobody watches. */
  readonly alarm: AbortSignal | null;
  readonly failpoint: Failpoint;
  /** Tells progress while a command is under way. */
  readonly emit: (event: RunEventDetail) => void;
}
