import type { CodeStatements } from './action.ts';
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
  /** Missing when nobody looked; the same holds for the lists below. */
  readonly extensions?: readonly string[];
  readonly publications?: readonly CatalogPublication[];
  readonly statistics?: readonly ExtendedStatistics[];
  /** What the conditions of policies name, the policy's own table included. */
  readonly policyReads?: readonly PolicyRead[];
}

export interface CatalogPublication {
  readonly name: string;
  readonly allTables: boolean;
  readonly tables: readonly RelationKey[];
  /** FOR TABLES IN SCHEMA. */
  readonly schemas: readonly string[];
  /** Set when neither UPDATE nor DELETE is published. */
  readonly insertsOnly?: true;
}

/** CREATE STATISTICS: it goes with its table, and with a column of its own. */
export interface ExtendedStatistics {
  readonly name: QualifiedName;
  readonly table: RelationKey;
  readonly columns: readonly string[];
}

/** One relation that a policy names, with those of its columns that it names. */
export interface PolicyRead {
  readonly table: RelationKey;
  readonly policy: string;
  readonly relation: RelationKey;
  readonly columns: readonly string[];
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
  /** Set when the rows lie elsewhere than in pg_default. */
  readonly tablespace?: string;
  /** Set when the rows are kept otherwise than by `heap`. */
  readonly accessMethod?: string;
  /** Rules by name; missing when nobody looked. */
  readonly rules?: readonly string[];
  /** Bytes of values that are stored out of line; missing when nobody measured. */
  readonly toastBytes?: number | null;
  /** How busy it is; missing when nobody measured. */
  readonly traffic?: Traffic;
  /** What could not be read of it, in words, as somebody held it locked: facts about it are not certain. */
  readonly notSeen?: readonly string[];
}

/** What statistics count of a table, a second; a statement that looks it up in a loop counts once a round. */
export interface Traffic {
  readonly scans: number;
  readonly inserts: number;
  /** Rows updated or deleted. */
  readonly changes: number;
  /** Set when the true rates may be higher: they were counted over a time in which the table was maybe not there. */
  readonly atLeast?: true;
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
  /** Set for INITIALLY DEFERRED. */
  readonly initiallyDeferred?: true;
}

export interface ForeignKeyConstraint {
  readonly kind: 'foreign-key';
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: RelationKey;
  readonly referencedColumns: readonly string[];
  readonly valid: boolean;
  readonly deferrable: boolean;
  /** Set for INITIALLY DEFERRED. */
  readonly initiallyDeferred?: true;
  /** Set for MATCH FULL. */
  readonly matchFull?: true;
  readonly onDelete: string;
  /** The columns of ON DELETE SET NULL (a), where not all are meant (15). */
  readonly onDeleteColumns?: readonly string[];
  readonly onUpdate: string;
  /** Set for NOT ENFORCED (18). */
  readonly enforced?: false;
}

export interface CheckConstraint {
  readonly kind: 'check';
  readonly name: string;
  readonly expression: Expression;
  readonly valid: boolean;
  readonly noInherit: boolean;
  /** Set for NOT ENFORCED (18). */
  readonly enforced?: false;
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
  /** Set on the index that CLUSTER remembers. */
  readonly clustered?: true;
  /** Set when the index lies elsewhere than in pg_default. */
  readonly tablespace?: string;
}

export interface Trigger {
  readonly name: string;
  /** The columns of a BEFORE/AFTER UPDATE OF list and of the WHEN condition: their type cannot change. */
  readonly columns: readonly string[];
  readonly function: string;
  /** FOR EACH ROW: on a partitioned table, every partition has a copy. */
  readonly forEachRow?: boolean;
  /** What fires it; missing when nobody looked. */
  readonly events?: readonly TriggerEvent[];
}

export type TriggerEvent = 'insert' | 'delete' | 'update' | 'truncate';

export interface View {
  readonly kind: 'view' | 'materialized-view';
  readonly name: QualifiedName;
  /** What the query reads. `columns` is null when it cannot be told which. */
  readonly reads: readonly { readonly relation: RelationKey; readonly columns: readonly string[] | null }[];
  readonly sql: string;
  /** What it answers, in order; null when it cannot be told, missing when nobody looked. */
  readonly columns?: readonly ViewColumn[] | null;
  readonly indexes: readonly Index[];
  readonly rowsEstimate: number | null;
  readonly bytes: number | null;
  /** As in `Table`. */
  readonly toastBytes?: number | null;
  readonly traffic?: Traffic;
  readonly notSeen?: readonly string[];
}

export interface ViewColumn {
  readonly name: string;
  /** null where an expression has a type that nobody worked out. */
  readonly type: DataType | null;
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
  /** Every overload; missing when nobody looked. */
  readonly overloads?: readonly FunctionOverload[];
  /** What a call runs; missing when nobody looked, or could not. */
  readonly code?: CodeStatements;
}

export interface FunctionOverload {
  readonly kind: 'function' | 'procedure' | 'aggregate';
  /** Types of the arguments that a call passes, without their modifiers: those of IN, INOUT and VARIADIC. */
  readonly arguments: readonly DataType[];
  /** What it answers; null for a procedure, and for types that OUT arguments or TABLE make up. */
  readonly result: DataType | null;
  readonly returnsSet: boolean;
}
