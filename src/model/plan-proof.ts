/** What came of running a plan, and its migrations as they stand, on two databases of a server of our own. */
export interface PlanProof {
  /** Of the server: `18.4`. */
  readonly serverVersion: string;
  /** Where its schema came from, in words. */
  readonly schema: string;
  /**
   * - `equal`: both databases end alike.
   * - `different`: they do not: a fault of Evenkeel.
   * - `refused`: the server refuses the migrations as they stand; `refusal` says where.
   * - `stopped`: the plan did not get through; `refusal` says what stopped it.
   */
  readonly outcome: 'equal' | 'different' | 'refused' | 'stopped';
  /** Objects that were compared. */
  readonly objects: number;
  /** One sentence each. */
  readonly differences: readonly string[];
  readonly refusal: ProofRefusal | null;
  /** Whole sentences: what the proof cannot tell. */
  readonly notes: readonly string[];
}

export interface ProofRefusal {
  /** null where it is no statement of a file's. */
  readonly path: string | null;
  readonly line: number | null;
  readonly sqlstate: string | null;
  readonly message: string;
}
