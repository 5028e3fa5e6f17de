import type { DataType } from './data-type.ts';
import type { Expression } from './expression.ts';
import type { QualifiedName, RelationKey } from './relation-name.ts';

/**
 * A schema as a value: read from a live server, from a snapshot, or folded together statement by statement.
 * It is JSON all the way down, and it never changes: applying a statement answers a new one.
 */
export interface Catalog {
  readonly engine: 'postgresql';
  readonly serverMajor: number;
  /** Where unqualified names are looked up, first match wins. */
  readonly searchPath: readonly string[];
  readonly relations: Readonly<Record<RelationKey, Relation>>;
  readonly types: Readonly<Record<RelationKey, UserType>>;
  readonly functions: Readonly<Record<RelationKey, UserFunction>>;
  readonly schemas: readonly string[];
}

export type Relation = Table | View | Sequence;

export interface Table {
  readonly kind: 'table';
  readonly name: QualifiedName;
  readonly columns: readonly Column[];
  readonly constraints: readonly TableConstraint[];
  readonly indexes: readonly Index[];
  readonly triggers: readonly Trigger[];
  readonly rowSecurity: 'off' | 'on' | 'forced';
  readonly policies: readonly string[];
  readonly persistence: 'permanent' | 'unlogged' | 'temporary';
  readonly replicaIdentity: 'default' | 'full' | 'nothing' | 'index';
  /** Set when the table is partitioned. */
  readonly partitionBy: { readonly strategy: 'range' | 'list' | 'hash'; readonly key: string } | null;
  /** Set when the table is a partition; `bound` is SQL, `DEFAULT` for the default partition. */
  readonly partitionOf: { readonly parent: RelationKey; readonly bound: string } | null;
  /** Parents by plain inheritance (INHERITS), not partitioning. */
  readonly inherits: readonly RelationKey[];
  /** Row estimate (pg_class.reltuples) and size in bytes; null when nobody measured. */
  readonly rowsEstimate: number | null;
  readonly bytes: number | null;
}

export interface Column {
  readonly name: string;
  readonly type: DataType;
  readonly notNull: boolean;
  readonly default: Expression | null;
  readonly identity: 'always' | 'by-default' | null;
  /** The expression of a generated column stands in `default`. */
  readonly generated: 'stored' | 'virtual' | null;
  /** null for the default collation of the type. */
  readonly collation: string | null;
}

export type TableConstraint =
  | KeyConstraint
  | ForeignKeyConstraint
  | CheckConstraint
  | NotNullConstraint
  | ExclusionConstraint;

export interface KeyConstraint {
  readonly kind: 'primary-key' | 'unique';
  readonly name: string;
  readonly columns: readonly string[];
  readonly deferrable: boolean;
}

export interface ForeignKeyConstraint {
  readonly kind: 'foreign-key';
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: RelationKey;
  readonly referencedColumns: readonly string[];
  readonly valid: boolean;
  readonly deferrable: boolean;
  readonly onDelete: string;
  readonly onUpdate: string;
}

export interface CheckConstraint {
  readonly kind: 'check';
  readonly name: string;
  readonly expression: Expression;
  readonly valid: boolean;
  readonly noInherit: boolean;
}

/** A constraint of its own from PostgreSQL 18 on; before, `Column.notNull` alone tells. */
export interface NotNullConstraint {
  readonly kind: 'not-null';
  readonly name: string;
  readonly column: string;
  readonly valid: boolean;
}

export interface ExclusionConstraint {
  readonly kind: 'exclude';
  readonly name: string;
}

export interface Index {
  /** An index always lives in its table's schema. */
  readonly name: string;
  readonly unique: boolean;
  readonly primary: boolean;
  readonly valid: boolean;
  readonly method: string;
  /** A key is a column, or an expression when `column` is null. */
  readonly keys: readonly { readonly column: string | null; readonly expression: Expression | null }[];
  readonly include: readonly string[];
  readonly predicate: Expression | null;
  /** Name of the constraint that owns the index (primary key, unique, exclude), or null. */
  readonly constraint: string | null;
  /**
   * What follows the table's name in CREATE INDEX: `USING btree (total DESC) WHERE paid`. A recipe builds the same
   * index on another column from it; two spellings of the same index are not told apart by it.
   */
  readonly definitionSql: string;
  /** Set on a partition's index: the name of the parent table's index that it is a part of. */
  readonly attachedTo?: string;
}

export interface Trigger {
  readonly name: string;
  /** The columns of a BEFORE/AFTER UPDATE OF list and of the WHEN condition: their type cannot change. */
  readonly columns: readonly string[];
  readonly function: string;
  /** FOR EACH ROW: on a partitioned table, every partition has a copy. */
  readonly forEachRow?: boolean;
}

export interface View {
  readonly kind: 'view' | 'materialized-view';
  readonly name: QualifiedName;
  /** What the query reads. `columns` is null when it cannot be told which. */
  readonly reads: readonly { readonly relation: RelationKey; readonly columns: readonly string[] | null }[];
  readonly sql: string;
  readonly indexes: readonly Index[];
  readonly rowsEstimate: number | null;
  readonly bytes: number | null;
}

export interface Sequence {
  readonly kind: 'sequence';
  readonly name: QualifiedName;
  readonly type: string;
  readonly ownedBy: { readonly relation: RelationKey; readonly column: string } | null;
}

export type UserType =
  | { readonly kind: 'enum'; readonly name: QualifiedName; readonly labels: readonly string[] }
  | {
      readonly kind: 'domain';
      readonly name: QualifiedName;
      readonly base: DataType;
      readonly notNull: boolean;
      readonly constraints: readonly {
        readonly name: string;
        readonly expression: Expression;
        readonly valid: boolean;
      }[];
    }
  | { readonly kind: 'composite' | 'range' | 'other'; readonly name: QualifiedName };

export interface UserFunction {
  readonly name: QualifiedName;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly language: string;
  readonly body: string;
}
