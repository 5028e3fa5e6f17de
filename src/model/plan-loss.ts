import type { RelationKey } from './relation-name.ts';

/** Data that a migration loses, whichever way it is done, or that stands in its way. */
export interface PlanLoss {
  readonly path: string;
  /** 1-based line of the statement, or of its command. */
  readonly line: number;
  /** The rule of `check` that says the same. */
  readonly rule: string;
  /** Whole sentences: what is lost, and what becomes of it. */
  readonly title: string;
  readonly consequence: string;
  /** The reason in the comment that accepts it; null as long as nobody has decided. */
  readonly accepted: string | null;
  readonly counts: readonly LossCount[];
}

/** How many rows it is about. */
export interface LossCount {
  readonly relation: RelationKey;
  /** All rows of the relation by the statistics of the server; null when nobody counted. */
  readonly rowsEstimate: number | null;
  /** A query that answers how many rows are in question; null where none can tell without failing. */
  readonly sql: string | null;
  /** What the query answered; null where no server was asked, or it did not answer at once. */
  readonly counted: number | null;
}
