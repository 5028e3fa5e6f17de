import type { DataType } from './data-type.ts';
import type { Expression } from './expression.ts';
import type { RelationReference } from './relation-name.ts';

/** A column as CREATE TABLE and ADD COLUMN define it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: DataType;
  /** The type as SQL, `serial` and the like kept as they were written. */
  readonly typeSql: string;
  readonly serial: boolean;
  readonly notNull: boolean;
  /** An explicit `NULL`. */
  readonly collation: string | null;
  /** Set when COMPRESSION is written at the column: `pglz`, `lz4`, `default`. */
  readonly compression?: string;
  /** STORAGE, when written. */
  readonly storage?: string;
  /** The default, or the expression of a generated column. */
  readonly default: Expression | null;
  readonly identity: 'always' | 'by-default' | null;
  /** The options of the identity's sequence in their brackets, where some are written. */
  readonly identitySql?: string;
  readonly generated: 'stored' | 'virtual' | null;
  /** PRIMARY KEY, UNIQUE, CHECK and REFERENCES written at the column; NOT NULL with its name where one was given. */
  readonly constraints: readonly ConstraintDefinition[];
}

export type ConstraintDefinition =
  | KeyDefinition
  | ForeignKeyDefinition
  | CheckDefinition
  | NotNullDefinition
  | ExclusionDefinition;

interface ConstraintBase {
  /** null when the statement leaves the name to the server. */
  readonly name: string | null;
  /** The constraint as SQL from its kind on: `CHECK (a > 0)`, `FOREIGN KEY (a) REFERENCES t (id) ON DELETE CASCADE`. */
  readonly sql: string;
}

export interface KeyDefinition extends ConstraintBase {
  readonly kind: 'primary-key' | 'unique';
  readonly columns: readonly string[];
  readonly include: readonly string[];
  readonly nullsNotDistinct: boolean;
  readonly deferrable: boolean;
  /** As in the catalog, here and below. */
  readonly initiallyDeferred?: true;
  /** `USING INDEX name`. */
  readonly usingIndex: string | null;
}

export interface ForeignKeyDefinition extends ConstraintBase {
  readonly kind: 'foreign-key';
  readonly columns: readonly string[];
  readonly references: RelationReference;
  /** Empty when the statement leaves it to the primary key. */
  readonly referencedColumns: readonly string[];
  /** false for NOT VALID. */
  readonly valid: boolean;
  readonly enforced: boolean;
  readonly deferrable: boolean;
  readonly initiallyDeferred?: true;
  readonly matchFull?: true;
  readonly onDelete: string;
  readonly onDeleteColumns?: readonly string[];
  readonly onUpdate: string;
}

export interface CheckDefinition extends ConstraintBase {
  readonly kind: 'check';
  readonly expression: Expression;
  readonly valid: boolean;
  readonly enforced: boolean;
  readonly noInherit: boolean;
}

/** Table-level `NOT NULL column` (PostgreSQL 18), or a named NOT NULL at a column. */
export interface NotNullDefinition extends ConstraintBase {
  readonly kind: 'not-null';
  readonly column: string;
  readonly valid: boolean;
}

export interface ExclusionDefinition extends ConstraintBase {
  readonly kind: 'exclude';
  readonly columns: readonly string[];
}

/** One key of an index: a column, or an expression when `column` is null. */
export interface IndexKey {
  readonly column: string | null;
  readonly expression: Expression | null;
  /** Set when the statement names one. */
  readonly operatorClass?: string;
}
