/** The work of clearing up behind a migration that is given up has a row of its own in the ledger. */
export const CLEAN_UP_PREFIX = 'abandon:';

/** Its id there. @example cleanUpId('0001_a') // 'abandon:0001_a' */
export function cleanUpId(migration: string): string {
  return `${CLEAN_UP_PREFIX}${migration}`;
}
