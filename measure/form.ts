/** The base schemas, `measured/schemas/<name>.sql`. */
export type SchemaName = 'shop' | 'types' | 'partitioned' | 'inherited';

/** One form of a statement, to be run on every major that has it. */
export interface Form {
  /** `topic/what-is-special`; the key under which the data is found. */
  readonly id: string;
  readonly schema: SchemaName;
  /** Exactly one statement. */
  readonly sql: string;
  /** Statements that are committed before; they change the base schema for this form alone. */
  readonly setup?: string;
  /** TimeZone of the session, `UTC` when not given. */
  readonly timeZone?: string;
  /**
   * The statement gives a lock back before it ends, so that reading its locks at the end does not show it. Found by
   * `npm run measure -- --check --every-request`, which looks for it in every form.
   */
  readonly givesLocksBack?: true;
  /** First and last major that has the syntax. */
  readonly since?: number;
  readonly until?: number;
}

/** Whether a major has the form at all. */
export function hasForm(major: number, form: Form): boolean {
  return major >= (form.since ?? 0) && major <= (form.until ?? Number.POSITIVE_INFINITY);
}
