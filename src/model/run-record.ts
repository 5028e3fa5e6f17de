/** What the ledger in the target database remembers of one migration. */
export interface MigrationRecord {
  readonly id: string;
  readonly path: string;
  readonly checksum: string;
  /** `abandoning`: somebody gave it up, and what is ours alone is being cleared away. */
  readonly state: 'running' | 'gated' | 'failed' | 'applied' | 'abandoning' | 'abandoned';
  /** ISO 8601, database time; null while it is not applied. */
  readonly appliedAt: string | null;
  readonly steps: readonly StepRecord[];
}

/** What the ledger remembers of one step. A step without a record was never started. */
export interface StepRecord {
  readonly id: string;
  readonly ordinal: number;
  /** `intent`: announced, outcome not known yet. `passed`: a gate that somebody opened. */
  readonly state: 'intent' | 'done' | 'failed' | 'passed';
  readonly attempts: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly sqlstate: string | null;
  readonly message: string | null;
  readonly rowsDone: number | null;
}

/** A decision of a person that the ledger keeps. */
export interface AuditRecord {
  /** ISO 8601, database time. */
  readonly at: string;
  /** The database user. */
  readonly role: string;
  readonly migration: string;
  /** null when it was about the whole migration. */
  readonly step: string | null;
  readonly action: 'resolved' | 'forced' | 'abandoning' | 'abandoned';
  readonly reason: string | null;
  /** What the server answered when it was asked whether the step's effect is there. */
  readonly probe: string | null;
}
