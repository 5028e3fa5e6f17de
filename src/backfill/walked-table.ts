import type { RelationKey } from '../model/relation-name.ts';

/** The rows that a walk goes over. */
export interface WalkedTable {
  readonly table: RelationKey;
  /** Unique, NOT NULL, ordered columns to walk along; empty: walk by physical blocks. */
  readonly keyColumns: readonly string[];
  /** How many rows a first batch takes. */
  readonly batchRows: number;
  /** The types of the key columns, where they are known already. */
  readonly keyTypes?: readonly string[];
}
