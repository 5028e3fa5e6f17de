/** What facts and recipes need to know of an SQL expression; its syntax tree stays behind `src/sql/`. */
export interface Expression {
  /** The expression as SQL text, ready to be placed into another statement. */
  readonly sql: string;
  /** A literal or a cast of literals: evaluated once, never again. */
  readonly isConstant: boolean;
  /** Every function called by name (`now`, `public.my_fn`), CURRENT_TIMESTAMP and its like by their keyword in lower case. */
  readonly functions: readonly string[];
  /** Columns that are named, without their table. */
  readonly columns: readonly string[];
  /** Columns that cannot be NULL where this expression is true: `a IS NOT NULL AND b > 0` proves `a`. */
  readonly provesNotNull: readonly string[];
}
