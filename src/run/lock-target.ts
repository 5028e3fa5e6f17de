import type { LockMode } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';

/** A relation of a step's locks that exists; they come by partition tree, parents before their partitions. */
export interface LockTarget {
  readonly relation: RelationKey;
  /** The root of its partition tree, or itself. */
  readonly tree: RelationKey;
  readonly mode: LockMode;
  /** Whether LOCK TABLE can take it ahead of the statement: an ordinary or partitioned table that we may lock. */
  readonly lockable: boolean;
}
