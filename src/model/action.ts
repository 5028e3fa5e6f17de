import type { AlterCommand } from './alter-command.ts';
import type { FunctionOverload, TriggerEvent } from './catalog.ts';
import type { DataType } from './data-type.ts';
import type { ColumnDefinition, ConstraintDefinition, IndexKey } from './definition.ts';
import type { Dml } from './dml.ts';
import type { Expression } from './expression.ts';
import type { LockMode } from './lock-mode.ts';
import type { ColumnMention, QueryColumns } from './query-columns.ts';
import type { RelationReference } from './relation-name.ts';
import type { SetVariable } from './set-variable.ts';

/** What a statement does, by `kind`. Both engines share the verbs; what a verb costs is a matter of `facts/`. */
export type Action =
  | CreateTable
  | CreateTableAs
  | AlterTable
  | CreateIndex
  | Drop
  | Rename
  | SetSchema
  | ChangeOwner
  | CreateView
  | RefreshMaterializedView
  | CreateTrigger
  | TableAttachment
  | CreateEnum
  | AlterEnum
  | CreateDomain
  | AlterDomain
  | CreateType
  | CreateSequence
  | AlterSequence
  | CreateFunction
  | CreateSchema
  | CreateExtension
  | Comment
  | Grant
  | CreateStatistics
  | Publication
  | Truncate
  | LockTable
  | Reindex
  | Cluster
  | Vacuum
  | Analyze
  | Dml
  | SetVariable
  | TransactionControl
  | CodeBlock
  | Opaque;

export type ActionKind = Action['kind'];

export interface CreateTable {
  readonly kind: 'create-table';
  readonly name: RelationReference;
  readonly ifNotExists: boolean;
  readonly persistence: 'permanent' | 'unlogged' | 'temporary';
  readonly columns: readonly ColumnDefinition[];
  /** Table constraints and the column constraints that concern more than the column itself stand here together. */
  readonly constraints: readonly ConstraintDefinition[];
  readonly partitionBy: { readonly strategy: 'range' | 'list' | 'hash'; readonly key: string } | null;
  readonly partitionOf: { readonly parent: RelationReference; readonly bound: string } | null;
  readonly inherits: readonly RelationReference[];
  readonly like: readonly { readonly relation: RelationReference; readonly options: readonly string[] }[];
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW. */
export interface CreateTableAs {
  readonly kind: 'create-table-as';
  readonly object: 'table' | 'materialized-view';
  readonly name: RelationReference;
  readonly ifNotExists: boolean;
  readonly withData: boolean;
  readonly reads: readonly RelationReference[];
  /** As in `Dml`. */
  readonly readsInFull?: boolean;
  readonly sql: string;
  /** Missing when nobody looked, here and below. */
  readonly query?: QueryColumns;
}

export interface AlterTable {
  readonly kind: 'alter-table';
  readonly object: 'table' | 'view' | 'materialized-view' | 'index' | 'sequence' | 'foreign-table';
  readonly name: RelationReference;
  readonly ifExists: boolean;
  /** `ALTER TABLE ONLY`: children are left alone. */
  readonly only: boolean;
  readonly commands: readonly AlterCommand[];
}

export interface CreateIndex {
  readonly kind: 'create-index';
  /** null when the statement leaves the name to the server. */
  readonly name: string | null;
  readonly table: RelationReference;
  readonly unique: boolean;
  readonly concurrently: boolean;
  readonly ifNotExists: boolean;
  readonly only: boolean;
  readonly method: string;
  readonly keys: readonly IndexKey[];
  readonly include: readonly string[];
  readonly predicate: Expression | null;
  /** Everything after the table's name, from `USING` on: what a recipe needs to write the same index another way. */
  readonly definitionSql: string;
}

export type DropObject =
  | 'table'
  | 'index'
  | 'view'
  | 'materialized-view'
  | 'sequence'
  | 'type'
  | 'domain'
  | 'schema'
  | 'function'
  | 'trigger'
  | 'rule'
  | 'policy'
  | 'statistics'
  | 'extension'
  | 'publication'
  | 'foreign-table'
  | 'other';

export interface Drop {
  readonly kind: 'drop';
  readonly object: DropObject;
  /** For triggers, rules and policies the tables they hang on; else the objects themselves. */
  readonly names: readonly RelationReference[];
  /** The name of the trigger, rule or policy; null for other objects. */
  readonly attachment: string | null;
  readonly cascade: boolean;
  readonly concurrently: boolean;
  readonly ifExists: boolean;
  /** Of functions, by name: the types of the arguments; null where none are written. */
  readonly arguments?: readonly (readonly DataType[] | null)[];
  /** Of functions: what the statement calls them. */
  readonly routine?: 'function' | 'procedure' | 'routine' | 'aggregate';
}

export type RenameObject =
  | 'table'
  | 'column'
  | 'constraint'
  | 'index'
  | 'view'
  | 'materialized-view'
  | 'sequence'
  | 'type'
  | 'domain'
  | 'schema'
  | 'trigger'
  | 'policy'
  | 'rule'
  | 'function'
  | 'statistics'
  | 'publication'
  | 'other';

export interface Rename {
  readonly kind: 'rename';
  readonly object: RenameObject;
  /** The object itself, or the table that holds the column, constraint, trigger, rule or policy. */
  readonly name: RelationReference;
  /** The column, constraint, trigger, rule or policy; null when the object itself is renamed. */
  readonly member: string | null;
  readonly to: string;
  /** Missing when nobody looked. */
  readonly ifExists?: boolean;
  /** `ALTER TABLE ONLY`. */
  readonly only?: boolean;
}

export interface SetSchema {
  readonly kind: 'set-schema';
  readonly object: RenameObject;
  readonly name: RelationReference;
  readonly schema: string;
  /** Missing when nobody looked. */
  readonly ifExists?: boolean;
}

export interface ChangeOwner {
  readonly kind: 'change-owner';
  readonly object: RenameObject;
  readonly name: RelationReference;
}

export interface CreateView {
  readonly kind: 'create-view';
  readonly name: RelationReference;
  readonly replace: boolean;
  readonly reads: readonly RelationReference[];
  /** Columns that the query names of each of `reads`, in that order; null for one whose whole rows it takes. */
  readonly columns: readonly (readonly string[] | null)[];
  readonly sql: string;
  readonly query?: QueryColumns;
  /** `CREATE VIEW v (a, b)`; empty when the query names its columns itself. */
  readonly aliases?: readonly string[];
}

export interface RefreshMaterializedView {
  readonly kind: 'refresh-materialized-view';
  readonly name: RelationReference;
  readonly concurrently: boolean;
  readonly withData: boolean;
}

export interface CreateTrigger {
  readonly kind: 'create-trigger';
  readonly name: string;
  readonly table: RelationReference;
  readonly replace: boolean;
  /** Set for CONSTRAINT TRIGGER ... FROM. */
  readonly references: RelationReference | null;
  readonly columns: readonly string[];
  readonly function: string;
  /** FOR EACH ROW: on a partitioned table, every partition gets a copy. Missing when nobody looked. */
  readonly forEachRow?: boolean;
  readonly events?: readonly TriggerEvent[];
  readonly timing?: 'before' | 'after' | 'instead-of';
}

/** CREATE RULE, CREATE POLICY and ALTER POLICY: something small that hangs on a table. */
export interface TableAttachment {
  readonly kind: 'create-rule' | 'create-policy' | 'alter-policy';
  readonly name: string;
  readonly table: RelationReference;
  /** What its condition and its actions read and write; the table itself is left out. Missing when nobody looked. */
  readonly reads?: readonly RelationReference[];
  readonly writes?: readonly RelationReference[];
  /** Columns that its condition names; those without a relation are the table's own. */
  readonly mentions?: readonly ColumnMention[];
}

export interface CreateEnum {
  readonly kind: 'create-enum';
  readonly name: RelationReference;
  readonly labels: readonly string[];
}

export interface AlterEnum {
  readonly kind: 'alter-enum';
  readonly name: RelationReference;
  readonly change:
    | {
        readonly kind: 'add-value';
        readonly label: string;
        readonly ifNotExists: boolean;
        readonly neighbor: string | null;
        readonly after: boolean;
      }
    | { readonly kind: 'rename-value'; readonly from: string; readonly to: string };
}

export interface CreateDomain {
  readonly kind: 'create-domain';
  readonly name: RelationReference;
  readonly base: DataType;
  readonly notNull: boolean;
  readonly constraints: readonly { readonly name: string | null; readonly expression: Expression }[];
}

export interface AlterDomain {
  readonly kind: 'alter-domain';
  readonly name: RelationReference;
  readonly change:
    | { readonly kind: 'set-default' | 'drop-default' | 'set-not-null' | 'drop-not-null' }
    | {
        readonly kind: 'add-constraint';
        readonly name: string | null;
        readonly expression: Expression;
        readonly valid: boolean;
      }
    | {
        readonly kind: 'drop-constraint' | 'validate-constraint';
        readonly name: string;
        /** Missing when nobody looked. */
        readonly ifExists?: boolean;
      };
}

/** CREATE TYPE other than an enum, and ALTER TYPE of a composite type. */
export interface CreateType {
  readonly kind: 'create-type';
  readonly name: RelationReference;
  readonly type: 'composite' | 'range' | 'other';
  /** `alter` for ALTER TYPE; missing when nobody looked. */
  readonly verb?: 'create' | 'alter';
}

export interface CreateSequence {
  readonly kind: 'create-sequence';
  readonly name: RelationReference;
  readonly type: string;
  readonly ifNotExists: boolean;
  readonly ownedBy: { readonly table: RelationReference; readonly column: string } | null;
}

export interface AlterSequence {
  readonly kind: 'alter-sequence';
  readonly name: RelationReference;
  readonly ifExists: boolean;
  /** Option names in lower case: `as`, `restart`, `increment`, `owned_by`, ... */
  readonly options: readonly string[];
  readonly type: string | null;
  readonly ownedBy: { readonly table: RelationReference; readonly column: string } | 'none' | null;
}

export interface CreateFunction {
  readonly kind: 'create-function';
  readonly name: RelationReference;
  readonly replace: boolean;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly language: string;
  readonly body: string;
  /**
   * What an SQL body reads and writes: the server looks it up when the function is made. Missing when nobody looked;
   * empty for other languages.
   */
  readonly reads?: readonly RelationReference[];
  readonly writes?: readonly RelationReference[];
  readonly overload?: FunctionOverload;
  readonly code?: CodeStatements;
  /** SECURITY DEFINER: it runs with the rights of its owner. */
  readonly securityDefiner?: boolean;
  /** SET search_path. */
  readonly setsSearchPath?: boolean;
}

export interface CreateSchema {
  readonly kind: 'create-schema';
  readonly name: string;
  readonly ifNotExists: boolean;
}

export interface CreateExtension {
  readonly kind: 'create-extension';
  readonly name: string;
}

export interface Comment {
  readonly kind: 'comment';
  /** The table or view commented on (or whose column, constraint, trigger is); null for other objects. */
  readonly relation: RelationReference | null;
  readonly object: string;
  /** The column, constraint, trigger, rule or policy; missing when nobody looked. */
  readonly member?: string;
}

export interface Grant {
  readonly kind: 'grant';
  readonly relations: readonly RelationReference[];
  /** Columns of them that are named. */
  readonly columns?: readonly string[];
  /** Set when a GRANT gives to PUBLIC: to everybody. */
  readonly toPublic?: true;
}

export interface CreateStatistics {
  readonly kind: 'create-statistics';
  readonly table: RelationReference;
  /** null when the server makes up the name. */
  readonly name?: RelationReference | null;
  readonly ifNotExists?: boolean;
  /** Columns named, in expressions too. */
  readonly columns?: readonly string[];
}

export interface Publication {
  readonly kind: 'publication';
  readonly verb: 'create' | 'alter';
  /** What ALTER does with the tables; missing when nobody looked. */
  readonly change?: 'add' | 'drop' | 'set';
  readonly tables: readonly RelationReference[];
  readonly allTables: boolean;
  readonly name?: string;
  /** FOR TABLES IN SCHEMA. */
  readonly schemas?: readonly string[];
  /** Whether UPDATE and DELETE are published, where an option says so. */
  readonly publishesChanges?: boolean;
}

export interface Truncate {
  readonly kind: 'truncate';
  readonly tables: readonly RelationReference[];
  readonly cascade: boolean;
  readonly restartIdentity: boolean;
  /** `TRUNCATE ONLY`: children are left alone. */
  readonly only?: boolean;
}

export interface LockTable {
  readonly kind: 'lock-table';
  readonly tables: readonly RelationReference[];
  readonly only: boolean;
  readonly mode: LockMode;
}

export interface Reindex {
  readonly kind: 'reindex';
  readonly object: 'index' | 'table' | 'schema' | 'database' | 'system';
  readonly name: RelationReference | null;
  readonly concurrently: boolean;
  /** `REINDEX (TABLESPACE ...)`. */
  readonly movesTablespace?: true;
}

export interface Cluster {
  readonly kind: 'cluster';
  readonly table: RelationReference | null;
  /** `USING index`; null when the table remembers its index, missing when nobody looked. */
  readonly index?: string | null;
}

export interface Vacuum {
  readonly kind: 'vacuum';
  readonly tables: readonly RelationReference[];
  readonly full: boolean;
}

export interface Analyze {
  readonly kind: 'analyze';
  readonly tables: readonly RelationReference[];
  /** `ANALYZE ONLY` (PostgreSQL 18): the partitions are read, but keep their own statistics. */
  readonly only?: boolean;
}

export interface TransactionControl {
  readonly kind: 'transaction';
  readonly verb: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'release' | 'rollback-to' | 'prepare' | 'other';
}

/** DO and CALL. */
export interface CodeBlock {
  readonly kind: 'code-block';
  readonly language: string;
  readonly body: string;
  /** The statements of the block that could be read; missing when nobody looked. */
  readonly code?: CodeStatements;
  /** The procedure of a CALL. */
  readonly calls?: RelationReference;
}

/** The SQL inside a block of code. */
export interface CodeStatements {
  readonly statements: readonly Action[];
  /** Every one of them runs, once, and there are no others. */
  readonly isCertain: boolean;
  /** Set when it executes a text that is put together at run time. */
  readonly hasDynamicSql?: true;
  /** Set when it has a COMMIT or ROLLBACK of its own. */
  readonly endsTransaction?: true;
}

/** A statement that parses but whose effect we do not know. Its facts are `unknown`; it is reported, never passed. */
export interface Opaque {
  readonly kind: 'opaque';
  /** The grammar's own name of the statement, for the message. */
  readonly statementName: string;
}
