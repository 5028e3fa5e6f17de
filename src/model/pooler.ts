/**
 * What stands between us and the server, as far as sessions are concerned:
 * - `none`: the process that let us in serves us; a balancer that passes bytes on is not told from a direct line
 * - `session`: a pooler that was seen to keep one server process for a session
 * - `transaction`: a pooler that hands a session another server process for each transaction
 * - `statement`: a pooler that allows no transactions
 * - `unclear`: a pooler whose manner could not be seen
 */
export type PoolerMode = 'none' | 'session' | 'transaction' | 'statement' | 'unclear';

export interface PoolerFinding {
  readonly mode: PoolerMode;
  /** By what it was told, without a full stop. */
  readonly seen: string;
}
