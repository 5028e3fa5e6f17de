import type { TransactionScope } from './transaction-unit.ts';

/** The tool that owns a migration file; `sql` is a plain file. */
export type SourceFormat = 'sql' | 'drizzle' | 'prisma' | 'dbmate' | 'node-pg-migrate' | 'goose' | 'typeorm';

/** The row that a migration tool's own ledger must hold once its file has been applied. */
export type ForeignLedgerRow = DrizzleLedgerRow | TypeormLedgerRow;

export interface DrizzleLedgerRow {
  readonly tool: 'drizzle';
  readonly schema: string;
  readonly table: string;
  /** sha256 of the file, as drizzle-orm's migrator computes it. */
  readonly hash: string;
  /** `when` of the journal entry, milliseconds since 1970. */
  readonly createdAtMs: number;
}

export interface TypeormLedgerRow {
  readonly tool: 'typeorm';
  /** null where the data source names none: the first schema of the search path. */
  readonly schema: string | null;
  readonly table: string;
  /** By which TypeORM knows the migration: its `name`, or the name of its class. */
  readonly name: string;
  /** The last 13 digits of the name, milliseconds since 1970. */
  readonly timestampMs: number;
}

/** Which migrations a tool runs in one transaction: all that are pending, each, or none. */
export type TransactionMode = 'all' | 'each' | 'none';

/** What is known of a migration that is written as code, beside its SQL. */
export interface MigrationCode {
  readonly name: string;
  readonly transactionMode: TransactionMode;
  /** The data source that the migrations were found to belong to; null when none was found. */
  readonly dataSource: { readonly path: string; readonly line: number } | null;
  /** How a class of its kind leaves its file. */
  readonly exportedBy: 'export' | 'module.exports';
  readonly isTypescript: boolean;
  /** Why its row in the tool's own ledger cannot be told, one sentence; missing where it can. */
  readonly ledgerProblem?: string;
}

/** One migration file, read but not yet parsed. */
export interface Migration {
  /** Stable in the ledger: the file name without its folder. */
  readonly id: string;
  /** As the user would type it. */
  readonly path: string;
  /** What its tool runs to apply it, where it stands in the file: what is no SQL of it is spaces. */
  readonly sql: string;
  /** sha256 of the file's bytes, hex. */
  readonly checksum: string;
  readonly format: SourceFormat;
  /** What its tool runs in one transaction. */
  readonly transaction: TransactionScope;
  /**
   * Set when the tool sends the file as one message: the server runs several statements of one message in a transaction,
   * without anybody having said BEGIN.
   */
  readonly isOneMessage?: true;
  readonly foreignLedgerRow: ForeignLedgerRow | null;
  /** Missing for a file of SQL. */
  readonly code?: MigrationCode;
}
