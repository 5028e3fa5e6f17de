import type { BackfillRecord, BackfillTransition, PutAsideRow } from './backfill.ts';

/** How one backfill stands: `evenkeel backfill status`. */
export interface BackfillReport {
  readonly kind: 'backfill';
  readonly version: 1;
  /** `host:port/database`. */
  readonly database: string;
  readonly backfill: BackfillRecord;
  /** The first of them. */
  readonly rowsPutAside: readonly PutAsideRow[];
  readonly transitions: readonly BackfillTransition[];
}
