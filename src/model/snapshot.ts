import type { Calibration } from './calibration.ts';
import type { Catalog, Traffic } from './catalog.ts';
import type { RelationKey } from './relation-name.ts';

/**
 * A production server in a file: its schema, how big and how busy it is, how it is set. Holds no row of a table, and
 * nothing of the connection that it was read through. Keys are only ever added; `version` counts breaking changes.
 */
export interface Snapshot {
  readonly version: 1;
  /** The server's clock, ISO 8601 in UTC. */
  readonly takenAt: string;
  readonly server: SnapshotServer;
  /** TimeZone of a new session of the role that took the snapshot. */
  readonly timeZone: string;
  /** What a new session of that role starts with, by the server's own names. */
  readonly settings: Readonly<Record<string, SnapshotSetting>>;
  readonly collations: readonly CollationVersion[];
  /** The schema. Row estimates and sizes stand in `relations`. */
  readonly catalog: Catalog;
  /** What the statistics say of each table and materialized view. */
  readonly relations: Readonly<Record<RelationKey, RelationStatistics>>;
  readonly activity: SnapshotActivity;
  readonly replication: SnapshotReplication;
  /** Migrations that are applied already, by Evenkeel's ledger or by that of the tool that owns the files. */
  readonly applied: readonly AppliedMigration[];
  /** What could not be seen, sorted. */
  readonly notSeen: readonly NotSeen[];
  /** Rates of this server, written by its owner; what is missing is taken from the default. */
  readonly calibration?: Partial<Calibration>;
}

export interface SnapshotServer {
  readonly major: number;
  /** As the server says it: `16.14`. */
  readonly version: string;
  readonly isStandby: boolean;
  readonly encoding: string;
}

export interface SnapshotSetting {
  readonly value: string;
  /** `ms`, `8kB`, ...; null where there is none. */
  readonly unit: string | null;
}

/** A collation that sorts something here. Indexes were built with `recorded`; the library says `actual` now. */
export interface CollationVersion {
  /** `schema.name`, or `default` for that of the database. */
  readonly name: string;
  readonly provider: 'libc' | 'icu' | 'builtin' | 'default';
  readonly recorded: string | null;
  readonly actual: string | null;
}

/** Sizes are those of the last VACUUM, ANALYZE or CREATE INDEX: asking the file system would take a lock. */
export interface RelationStatistics {
  /** Estimate of rows (pg_class.reltuples); null when nobody counted yet. */
  readonly rows: number | null;
  /** Rows by the counters of the statistics (n_live_tup), which go on between two ANALYZE. */
  readonly liveRows: number | null;
  readonly deadRows: number | null;
  /** Size without indexes and TOAST; null when nobody counted yet. */
  readonly bytes: number | null;
  readonly toastBytes: number | null;
  /** Bytes by index; null when nobody counted yet. */
  readonly indexes: Readonly<Record<string, number | null>>;
  /** Scans, inserts and changes counted since `activity.since`. */
  readonly total: Traffic | null;
  /** A second, on average since `activity.since`; null when that is not known. */
  readonly average: Traffic | null;
  /** A second, while the snapshot was taken (`activity.sampleMs`); null without a sample. */
  readonly sampled: Traffic | null;
}

export interface SnapshotActivity {
  /** Since when the counters count, ISO 8601; null when the server does not tell. */
  readonly since: string | null;
  /** Whether the counters of this database began then; else the server did, and averages may be too low. */
  readonly sinceIsExact: boolean;
  /** Time between the two readings of the counters, ms; null without a second one. */
  readonly sampleMs: number | null;
  /** Age of the oldest open transaction at any reading, ms; null when there was none or they cannot be seen. */
  readonly longestTransactionMs: number | null;
  /** Sessions that were idle in a transaction; null when they cannot be seen. */
  readonly idleInTransaction: number | null;
  readonly preparedTransactions: { readonly count: number; readonly oldestMs: number | null };
  /** Tables that somebody held or wanted ACCESS EXCLUSIVE while the snapshot was taken. */
  readonly lockedRelations: readonly RelationKey[];
}

export interface SnapshotReplication {
  /** Standbys and other receivers that stream from here. */
  readonly standbys: number;
  readonly slots: readonly {
    readonly kind: 'physical' | 'logical';
    readonly active: boolean;
    /** WAL that is kept for it, bytes. */
    readonly retainedBytes: number | null;
  }[];
}

export type AppliedMigration =
  | { readonly ledger: 'evenkeel'; readonly id: string; readonly checksum: string }
  | {
      readonly ledger: 'drizzle';
      readonly schema: string;
      readonly table: string;
      readonly hash: string;
      readonly createdAtMs: number;
    }
  | {
      readonly ledger: 'typeorm';
      readonly schema: string;
      readonly table: string;
      readonly name: string;
      /** Whether it is the schema that TypeORM looks into where its data source names none. */
      readonly isCurrentSchema: boolean;
    };

export interface NotSeen {
  /** `definition of index orders_code_idx of public.orders`, `open transactions of other roles`. */
  readonly what: string;
  readonly reason: string;
  /** The relation that the schema tells too little of; null when it is about something else. */
  readonly relation: RelationKey | null;
}
