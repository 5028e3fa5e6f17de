import type { TransactionScope } from './transaction-unit.ts';

/** The tool that owns a migration file; `sql` is a plain file. */
export type SourceFormat = 'sql' | 'drizzle' | 'prisma' | 'dbmate' | 'node-pg-migrate' | 'goose';

/** The row that a migration tool's own ledger must hold once its file has been applied. */
export interface ForeignLedgerRow {
  readonly tool: 'drizzle';
  readonly schema: string;
  readonly table: string;
  /** sha256 of the file, as drizzle-orm's migrator computes it. */
  readonly hash: string;
  /** `when` of the journal entry, milliseconds since 1970. */
  readonly createdAtMs: number;
}

/** One migration file, read but not yet parsed. */
export interface Migration {
  /** Stable in the ledger: the file name without its folder. */
  readonly id: string;
  /** As the user would type it. */
  readonly path: string;
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
}
