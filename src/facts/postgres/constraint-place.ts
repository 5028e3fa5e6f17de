import type { ColumnDefinition } from '../../model/definition.ts';

/** Where in a statement a constraint is written. */
export interface ConstraintPlace {
  readonly only: boolean;
  /** Set when the constraint is written at a column that the same command adds. */
  readonly newColumn?: ColumnDefinition;
  /** Columns that the same statement adds without a value. */
  readonly emptyColumns?: readonly string[];
  /** The same statement adds a primary key or a UNIQUE constraint. */
  readonly bringsKey?: boolean;
  /** Columns of a partitioned table that the same statement lets be NULL, which the server does not expect (18). */
  readonly opened?: readonly string[];
}
