import type { RelationLock } from './facts.ts';
import type { ForeignLedgerRow } from './migration.ts';
import type { RelationKey } from './relation-name.ts';

export const PHASES = ['expand', 'migrate', 'contract'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * A safe plan is a value: it can be saved, read by a person, and run later, as long as the catalog that it was made
 * for is still the catalog of the server.
 */
export interface Plan {
  readonly version: 1;
  readonly engine: 'postgresql';
  readonly serverMajor: number;
  /** sha256 over the catalog that the first step starts from. */
  readonly fingerprint: string;
  readonly migrations: readonly MigrationPlan[];
}

export interface MigrationPlan {
  readonly id: string;
  readonly path: string;
  readonly checksum: string;
  readonly foreignLedgerRow: ForeignLedgerRow | null;
  readonly steps: readonly Step[];
}

export type Step = TransactionStep | ConcurrentIndexStep | BackfillStep | GateStep;

interface StepBase {
  /** Unique in its migration and stable across runs: `03-validate-orders_customer_fk`. */
  readonly id: string;
  readonly phase: Phase;
  /** One sentence: why this step, and why this way. */
  readonly why: string;
  /** 1-based line of the statement of the migration file that the step comes from. */
  readonly line: number;
}

/** SQL that runs in one transaction of its own, under the lock guard, together with its ledger row. */
export interface TransactionStep extends StepBase {
  readonly kind: 'transaction';
  readonly sql: readonly string[];
  readonly locks: readonly RelationLock[];
  /** How the locks are to be got and held. */
  readonly lockClass: LockClass;
  readonly lockTimeoutMs: number;
  /** null: no limit, watched instead. */
  readonly statementTimeoutMs: number | null;
  /** SQL that takes the step back without losing anything; null when there is no such way. */
  readonly undo: readonly string[] | null;
  readonly postCondition: PostCondition;
}

/**
 * - `brief`: strong lock, catalog work only: observe, then strike with a short budget.
 * - `scan`: SHARE UPDATE EXCLUSIVE at most, reads a table while everybody works on: no statement timeout.
 * - `rows`: row work of the user's own (INSERT, UPDATE); row locks only.
 * - `fresh`: touches nothing that existed before.
 */
export type LockClass = 'brief' | 'scan' | 'rows' | 'fresh';

/** CREATE, DROP or REINDEX INDEX CONCURRENTLY: outside a transaction, no lock_timeout, supervised. */
export interface ConcurrentIndexStep extends StepBase {
  readonly kind: 'concurrent-index';
  readonly verb: 'create' | 'drop' | 'reindex';
  readonly sql: string;
  readonly table: RelationKey;
  readonly index: RelationKey;
  readonly locks: readonly RelationLock[];
  /** Of the probe for the first lock; the build itself runs with lock_timeout 0. */
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: null;
  readonly undo: readonly string[] | null;
  readonly postCondition: PostCondition;
}

/** Rows are changed in small transactions, each together with the cursor that remembers how far it got. */
export interface BackfillStep extends StepBase {
  readonly kind: 'backfill';
  readonly table: RelationKey;
  /** `new_total = total::bigint, todo = false` */
  readonly assignments: string;
  /** Which rows still need it; must become false for a row once it was changed: by blocks, such a row may be met again. */
  readonly where: string;
  /** Unique, NOT NULL, ordered columns to walk along; empty: walk by physical blocks. */
  readonly keyColumns: readonly string[];
  /** Walked once: what is written behind the walk is the application's own. Missing: walked until nothing is left. */
  readonly once?: true;
  readonly batchRows: number;
  readonly locks: readonly RelationLock[];
  /** Of a batch waiting for a row lock. */
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly undo: readonly string[] | null;
  readonly postCondition: PostCondition;
}

/** The application has to do something before the plan may go on. */
export interface GateStep extends StepBase {
  readonly kind: 'gate';
  /** What has to be deployed, in words for the person who does it. */
  readonly deploy: string;
  readonly undo: null;
  readonly locks: readonly [];
}

/** A query that answers one boolean: true when the step's effect is there. */
export interface PostCondition {
  readonly sentence: string;
  /** null when the ledger row, written in the step's own transaction, is the only proof there can be. */
  readonly sql: string | null;
}
