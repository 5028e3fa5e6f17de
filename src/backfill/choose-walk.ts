import type { BackfillWalk } from '../model/backfill.ts';

/** What decides along what rows are walked. */
export interface WalkFacts {
  readonly serverMajor: number;
  readonly keyColumns: readonly string[];
  /** Of the first key column: whether its type grows with time (integers, dates), as far as a type tells. */
  readonly keyGrows: boolean;
  /** How well the order of the first key column is that of the blocks, -1 to 1; null when never analyzed. */
  readonly correlation: number | null;
  /** Whether a row that was changed can be told from one that was not. */
  readonly canTellDone: boolean;
}

/** Above it, rows that stand together in the key stand together in the file. */
const IN_ORDER = 0.9;
/** A range of row addresses is read as such from here on; before, each range would read the whole table. */
const BLOCK_RANGES_SINCE = 14;

/**
 * Along the key where its order is that of the blocks: each page is written once. A random key touches every page in
 * every batch (2.4 times the WAL of a walk by blocks, measured on 15 over many checkpoints), so there the blocks are
 * walked, if rows that move can be found again.
 */
export function chooseWalk(facts: WalkFacts): BackfillWalk {
  const { keyColumns, correlation, canTellDone, serverMajor, keyGrows } = facts;
  const key = keyColumns.join(', ');
  if (keyColumns.length === 0) {
    return {
      kind: 'blocks',
      why: 'there is no unique key without NULLs, and a changed row can be told from one that was not',
    };
  }
  const isOrdered = correlation === null ? keyGrows : Math.abs(correlation) > IN_ORDER;
  const seen =
    correlation === null
      ? `the table was never analyzed, and keys of this type ${keyGrows ? 'mostly grow with time' : 'are mostly random'}`
      : `its order is ${isOrdered ? '' : 'not '}that of the blocks (correlation ${correlation.toFixed(2)})`;
  if (isOrdered) return { kind: 'keys', why: `along (${key}): ${seen}` };
  if (!canTellDone) {
    return {
      kind: 'keys',
      why: `along (${key}), though ${seen}: only along a key is it certain that each row is changed once`,
    };
  }
  if (serverMajor < BLOCK_RANGES_SINCE) {
    return {
      kind: 'keys',
      why: `along (${key}), though ${seen}: PostgreSQL ${serverMajor} would read the whole table for every range of blocks`,
    };
  }
  return { kind: 'blocks', why: `not along (${key}), as ${seen}: each page is written once this way` };
}
