/** How fast a server works: what turns the size of a table into an expected time. */
export interface Calibration {
  /** Reading a table in full while a constraint is checked, MB (1024 * 1024 bytes) of the table's file a second. */
  readonly scanMbPerSecond: number;
  /** Writing a table anew, MB of its old file (TOAST included) a second; its indexes come on top. */
  readonly rewriteMbPerSecond: number;
  /** Building one btree index, rows a second. */
  readonly indexRowsPerSecond: number;
}

/**
 * What the servers of this repository did when `npm run measure:rates` asked them, the slowest of 13 to 18 and rounded
 * down: see `measured/rates.json`. Their data was in memory and nothing was flushed to disk. A server of yours is
 * another one: put its rates under `calibration` into the snapshot.
 */
export const DEFAULT_CALIBRATION: Calibration = {
  scanMbPerSecond: 150,
  rewriteMbPerSecond: 20,
  indexRowsPerSecond: 300_000,
};
