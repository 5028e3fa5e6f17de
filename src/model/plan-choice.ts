import type { Break, RelationLock, StatementFacts } from './facts.ts';
import type { RelationKey } from './relation-name.ts';
import type { WorkEstimate } from './work-estimate.ts';

/**
 * The ladder of safe ways, cheapest first:
 * - `catalog-only`: no row is read or written.
 * - `not-valid-validate`: NOT VALID for new rows, then old ones are read while everybody works on.
 * - `concurrently`: an index is built, or rows compared, beside what is in use; USING INDEX takes it over.
 * - `new-column-backfill`: a second column is filled in small batches.
 * - `shadow-table`: a second table is filled and takes the first one's place.
 */
export const RUNGS = [
  'catalog-only',
  'not-valid-validate',
  'concurrently',
  'new-column-backfill',
  'shadow-table',
] as const;

export type Rung = (typeof RUNGS)[number];

/** Why a statement of a migration is done the way it is done. */
export interface PlanChoice {
  readonly path: string;
  /** 1-based line of the statement. */
  readonly line: number;
  /** The dearest of its ways. */
  readonly rung: Rung;
  /** Whole sentence: why no rung below it would do. */
  readonly because: string;
  /** What its steps come from, in the order of the plan: one recipe may call another for a part of the work. */
  readonly ways: readonly {
    readonly recipe: string;
    readonly rung: Rung;
    /** Ids of the steps. */
    readonly steps: readonly string[];
  }[];
  readonly naive: NaiveCost;
}

/** What the statement would do to relations in use as it stands. */
export interface NaiveCost {
  readonly locks: readonly RelationLock[];
  readonly rewrites: readonly RelationKey[];
  readonly scans: readonly RelationKey[];
  readonly indexBuilds: readonly RelationKey[];
  readonly breaks: readonly Break[];
  readonly certainty: StatementFacts['certainty'];
  /** Missing where no size is known, and where no row is read or written. */
  readonly estimate?: WorkEstimate;
}
