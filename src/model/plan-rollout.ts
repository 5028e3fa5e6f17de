/**
 * The steps of a migration between two gates: what may run beside them, and what the way back is once they are done.
 * A migration without a gate is one stage.
 */
export interface RolloutStage {
  readonly path: string;
  /** Id of the gate that opens it; null for the first one. */
  readonly gate: string | null;
  /** Ids of its steps, without the gate; a stage may have none. */
  readonly steps: readonly string[];
  /** Whole sentence: which versions of the application may run while the plan waits at the gate; null without one. */
  readonly atGate: string | null;
  /** Whole sentence: which versions may run while its steps run and afterwards, until the next gate is passed. */
  readonly versions: string;
  /** Whole sentences: what fails from then on for code that does not know the change. */
  readonly breaks: readonly string[];
  /** The way back once its steps are done. */
  readonly fallback: Fallback;
}

export interface Fallback {
  /** `undo`: every step so far can be taken back without loss; `fix-forward`: one cannot. */
  readonly kind: 'undo' | 'fix-forward';
  /** Ids of the steps so far that cannot be taken back. */
  readonly withoutUndo: readonly string[];
  /** SQL that takes every step so far back, in the order in which it is to run; null where one cannot be. */
  readonly undo: readonly string[] | null;
  /** What undo would take away that versions of the application may have written to since: columns and tables. */
  readonly added: readonly string[];
  /** All of that in words. */
  readonly sentence: string;
}
