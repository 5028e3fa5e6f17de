import type { Connection } from '../db/connection.ts';
import type { Failpoint } from '../guard/failpoint.ts';
import type { BackfillEventDetail, BackfillRecord } from '../model/backfill.ts';
import type { Gate } from './gate.ts';

/** What the workers of one process share. */
export interface WorkContext {
  readonly url: string;
  readonly backfill: BackfillRecord;
  /** Looks, cancels and writes the books; never in a transaction. */
  readonly control: Connection;
  readonly gate: Gate;
  readonly failpoint: Failpoint;
  readonly emit: (event: BackfillEventDetail) => void;
  /** Told after every batch that was committed. */
  readonly onBatch: (batch: CommittedBatch) => void;
}

export interface CommittedBatch {
  readonly changed: number;
  readonly walked: number;
  readonly elapsedMs: number;
}
