import type { Blocker } from './run-event.ts';

/**
 * Where a migration stands that has begun and is not applied:
 *
 * - `running`: a runner is at it.
 * - `retryable`: nothing is to be mended; the next run goes on.
 * - `needs-data-fix`: rows do not fit what a step wants of them.
 * - `needs-fix`: something else than rows has to be mended first: a right, the SQL, the server.
 * - `drift`: the schema is not what the plan was made for.
 * - `blocked`: somebody holds what its step needs.
 * - `gated`: it waits for a deployment, or was told to go no further.
 * - `abandoning`: it is being given up, and that is not through.
 */
export interface MigrationSituation {
  readonly kind:
    | 'running'
    | 'retryable'
    | 'needs-data-fix'
    | 'needs-fix'
    | 'drift'
    | 'blocked'
    | 'gated'
    | 'abandoning';
  /** The step at hand; null where it is about the migration. */
  readonly step: string | null;
  /** Of the server, where it refused the step. */
  readonly sqlstate: string | null;
  /** What is to be done, in one sentence. */
  readonly reason: string;
  /** Who is in the way; empty unless it is blocked. */
  readonly blockers: readonly Blocker[];
  readonly nextCommand: string;
}
