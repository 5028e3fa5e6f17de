import type { RelationKey } from './relation-name.ts';

/** How long a statement would work on tables of known size, and who would wait meanwhile. */
export interface WorkEstimate {
  /** What is rewritten, read in full or indexed, with its size where it is known; sorted by relation. */
  readonly tables: readonly {
    readonly relation: RelationKey;
    readonly rows: number | null;
    readonly bytes: number | null;
  }[];
  readonly durationMs: number;
  /** Set when the size of something is not known, so that it takes longer than that. */
  readonly isAtLeast: boolean;
  readonly blocks: 'reads and writes' | 'writes' | 'nobody';
  /** How many requests would wait, by the traffic of the tables that are locked; null when that is not known. */
  readonly requests: number | null;
  /** All of that in one sentence, with the rates that it was reckoned with. */
  readonly sentence: string;
}
