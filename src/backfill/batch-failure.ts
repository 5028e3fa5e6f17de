import { ConnectionError, DatabaseError, ReadOnlyServerError } from '../model/error.ts';
import { RANGE_LOST_SQLSTATE } from './backfill-schema.ts';

/**
 * - `locked`: a row of it belongs to somebody else just now, or others waited for us, or it took too long.
 * - `data`: a row of it cannot be changed.
 * - `range-lost`: another worker has moved the range; nothing was changed.
 * - `connection`: the session is gone.
 * - `resources`: disk, memory or connections are exhausted, or the server takes no writes.
 * - `fault`: the statement itself cannot be run.
 */
export type BatchFailureKind = 'locked' | 'data' | 'range-lost' | 'connection' | 'resources' | 'fault';

/** What a failure of a batch asks for (manual, appendix A: PostgreSQL error codes). */
export function batchFailureKind(error: unknown): BatchFailureKind {
  if (error instanceof ConnectionError) return 'connection';
  if (error instanceof ReadOnlyServerError) return 'resources';
  if (!(error instanceof DatabaseError)) return 'fault';
  const { sqlstate } = error;
  if (sqlstate === null) return 'fault';
  if (['55P03', '40P01', '40001', '57014'].includes(sqlstate)) return 'locked';
  if (sqlstate === RANGE_LOST_SQLSTATE) return 'range-lost';
  // A trigger of the user raises P0001 where it does not want a row.
  if (/^(22|23|44|P0)/.test(sqlstate)) return 'data';
  return sqlstate.startsWith('53') ? 'resources' : 'fault';
}

/**
 * - `smaller`: the same rows again in batches of `size`.
 * - `put-aside`: the one row that does not go comes at the end, or into the books.
 */
export type AfterFailure = { readonly kind: 'smaller'; readonly size: number } | { readonly kind: 'put-aside' };

/**
 * A batch that does not go is halved until it is the one row or block that is to blame.
 *
 * @example afterBatchFailure(1000) // { kind: 'smaller', size: 500 }
 */
export function afterBatchFailure(size: number): AfterFailure {
  return size > 1 ? { kind: 'smaller', size: Math.floor(size / 2) } : { kind: 'put-aside' };
}
