/**
 * - `ok`: measured, and fine
 * - `warn`: a run goes, slower or with less to see
 * - `fail`: a run would be refused, hang or do harm
 * - `unknown`: it could not be measured; `measured` says why
 */
export type CheckStatus = 'ok' | 'warn' | 'fail' | 'unknown';

/** One thing that was looked at on a server. */
export interface DoctorCheck {
  /** `replication.synchronous`; stays the same from release to release. */
  readonly id: string;
  readonly status: CheckStatus;
  /** What was found, in one sentence. */
  readonly measured: string;
  /** Why it matters to a migration. */
  readonly why: string;
  /** SQL, or words for a shell; null where nothing is to be done. */
  readonly nextCommand: string | null;
}

/** What `evenkeel doctor` found out about a server. */
export interface DoctorReport {
  readonly kind: 'doctor';
  readonly version: 1;
  /** Host, port and database name; never a password. */
  readonly database: string;
  /** As the server names itself: `PostgreSQL 16.4 on x86_64-...`. */
  readonly server: string;
  readonly role: string;
  readonly checks: readonly DoctorCheck[];
}
