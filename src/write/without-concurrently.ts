const CONCURRENTLY =
  /^(\s*(?:CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX\s+(?:\([^)]*\)\s*)?(?:INDEX|TABLE|SCHEMA|DATABASE)))\s+CONCURRENTLY\b/i;

/** Whether a statement says CONCURRENTLY, and so refuses transactions. */
export function isConcurrently(sql: string): boolean {
  return CONCURRENTLY.test(sql);
}

/** The same statement in the form that runs in a transaction; null when it is not written as Evenkeel would write it. */
export function withoutConcurrently(sql: string): string | null {
  return isConcurrently(sql) ? sql.replace(CONCURRENTLY, '$1') : null;
}
