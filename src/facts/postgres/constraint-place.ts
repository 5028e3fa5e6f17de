import type { ColumnDefinition } from '../../model/definition.ts';

export type KeyKind = 'primary-key' | 'unique';

/** Where in a statement a constraint is written. */
export interface ConstraintPlace {
  readonly only: boolean;
  /** Set when the constraint is written at a column that the same command adds. */
  readonly newColumn?: ColumnDefinition;
  /** Columns that the same statement adds without a value. */
  readonly emptyColumns?: readonly string[];
  /** The same statement adds a key of that kind. */
  readonly bringsKey?: KeyKind | null;
  /** Columns that the same statement lets be NULL first (18). */
  readonly opened?: readonly string[];
  /** The columns of foreign keys that the same statement drops first. */
  readonly droppedForeignKeys?: readonly (readonly string[])[];
  /** The same statement has the partitioned table itself written anew, so the server reads no partition for an index. */
  readonly leavesIndexesEmpty?: boolean;
}
