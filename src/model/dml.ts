import type { Expression } from './expression.ts';
import type { QueryColumns } from './query-columns.ts';
import type { RelationReference } from './relation-name.ts';
import type { SetVariable } from './set-variable.ts';

/** Reading and writing rows. A table that is read and written stands in `writes` only. */
export interface Dml {
  readonly kind: 'dml';
  readonly verb: 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'copy';
  readonly reads: readonly RelationReference[];
  readonly writes: readonly RelationReference[];
  /** Those of `writes` that the statement reads, too: INSERT INTO t SELECT FROM t. Missing when nobody looked. */
  readonly alsoReads?: readonly RelationReference[];
  /** SELECT ... FOR UPDATE and its like. */
  readonly locksRows: boolean;
  /** false for an UPDATE or DELETE that touches every row. */
  readonly filtered: boolean;
  /**
   * The statement reads one relation and nothing narrows it: no WHERE, join, sub-select or LIMIT. For an INSERT or COPY
   * this is said of its query. Missing when nobody looked.
   */
  readonly readsInFull?: boolean;
  /** Columns that get a value: the SET lists of an UPDATE, the column list of an INSERT; null when they are not told. */
  readonly sets?: readonly string[] | null;
  /** Columns that an UPDATE sets to their default. */
  readonly setsToDefault?: readonly string[];
  /** The relations of FOR UPDATE OF; null when every relation read is meant. */
  readonly rowLocks?: readonly RelationReference[] | null;
  /** Sequences named by a literal in nextval(), setval(), currval(). */
  readonly sequences?: readonly RelationReference[];
  readonly query?: QueryColumns;
  /** Settings that it changes by set_config() with plain values, as SET would. */
  readonly settings?: readonly SetVariable[];
  /** Set when it does nothing but that: `SELECT set_config(...), set_config(...)`. */
  readonly onlySettings?: true;
  /** Set when a LIMIT or FETCH FIRST stands anywhere in it. */
  readonly limited?: true;
  /** What the WHERE says, where the statement has one relation and no sub-select; null when there is more to it. */
  readonly filter?: RowFilter | null;
  /** Of an UPDATE of one relation, each value by an expression over its own row; missing for any other. */
  readonly assignments?: RowAssignments;
}

/** SET a = ..., b = ... WHERE ... of an UPDATE that nothing but the row itself decides about. */
export interface RowAssignments {
  /** What the statement calls the table; null where it has its own name. */
  readonly alias: string | null;
  readonly columns: readonly { readonly name: string; readonly value: Expression }[];
  readonly condition: Expression | null;
}

/** The condition of a statement over one relation. */
export interface RowFilter {
  /** Columns that it names at all. */
  readonly columns: readonly string[];
  /** Columns that must be equal to a literal or a parameter, for every row. */
  readonly equals: readonly ColumnEquality[];
  /** Columns that are compared with NULL: on a column that is NOT NULL, the answer is known beforehand. */
  readonly nullTests: readonly string[];
}

export interface ColumnEquality {
  readonly column: string;
  /** The literal as text; null for a parameter. */
  readonly value: string | null;
}
