import type { DataType } from './data-type.ts';
import type { ColumnDefinition, ConstraintDefinition } from './definition.ts';
import type { Expression } from './expression.ts';
import type { RelationReference } from './relation-name.ts';

/** One command of an ALTER TABLE. `sql` is the command alone, ready to follow `ALTER TABLE name`. */
export type AlterCommand = { readonly sql: string } & AlterCommandDetail;

export type AlterCommandKind = AlterCommand['kind'];

/** The command of one kind. */
export type AlterCommandOf<K extends AlterCommandKind> = AlterCommand & { readonly kind: K };

/** Commands on a column that need no more than its name. */
type ColumnCommand =
  | 'drop-default'
  | 'set-not-null'
  | 'drop-not-null'
  | 'set-statistics'
  | 'set-storage'
  | 'set-compression'
  | 'set-column-options'
  | 'set-identity'
  | 'drop-identity'
  | 'drop-expression';

/** Commands on the whole table that need no more than a name. */
type TableCommand =
  | 'enable-row-security'
  | 'disable-row-security'
  | 'force-row-security'
  | 'no-force-row-security'
  | 'set-logged'
  | 'set-unlogged'
  | 'set-without-cluster'
  | 'cluster-on'
  | 'change-owner'
  | 'enable-rule'
  | 'disable-rule'
  | 'set-access-method'
  | 'set-tablespace';

type AlterCommandDetail =
  | { readonly kind: ColumnCommand; readonly column: string }
  | {
      readonly kind: TableCommand;
      /** The index, role, rule, tablespace or access method named; null for a default, missing when nobody looked. */
      readonly target?: string | null;
    }
  | { readonly kind: 'add-column'; readonly column: ColumnDefinition; readonly ifNotExists: boolean }
  | { readonly kind: 'drop-column'; readonly column: string; readonly cascade: boolean; readonly ifExists: boolean }
  | {
      readonly kind: 'set-type';
      readonly column: string;
      readonly type: DataType;
      readonly typeSql: string;
      readonly using: Expression | null;
      readonly collation: string | null;
    }
  | { readonly kind: 'set-default'; readonly column: string; readonly default: Expression }
  | {
      readonly kind: 'add-identity';
      readonly column: string;
      readonly identity: 'always' | 'by-default';
      /** Set by START WITH. */
      readonly startsAt?: true;
    }
  | { readonly kind: 'set-expression'; readonly column: string; readonly expression: Expression }
  | { readonly kind: 'add-constraint'; readonly constraint: ConstraintDefinition }
  | { readonly kind: 'drop-constraint'; readonly name: string; readonly cascade: boolean; readonly ifExists: boolean }
  | { readonly kind: 'validate-constraint'; readonly name: string }
  | {
      readonly kind: 'alter-constraint';
      readonly name: string;
      readonly enforced: boolean | null;
      readonly deferrable: boolean | null;
      /** Said together with `deferrable`. */
      readonly initiallyDeferred?: true;
      /** Set by INHERIT and NO INHERIT (18). */
      readonly noInherit?: boolean;
    }
  | { readonly kind: 'enable-trigger' | 'disable-trigger'; readonly trigger: string | 'ALL' | 'USER' }
  | {
      readonly kind: 'set-options' | 'reset-options';
      readonly options: readonly string[];
      /** What SET gives them, by name; a name alone means `true`. */
      readonly values?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'replica-identity';
      readonly identity: 'default' | 'full' | 'nothing' | 'index';
      readonly index: string | null;
    }
  | { readonly kind: 'inherit' | 'no-inherit'; readonly parent: RelationReference }
  | { readonly kind: 'attach-partition'; readonly partition: RelationReference; readonly bound: string }
  | {
      readonly kind: 'detach-partition';
      readonly partition: RelationReference;
      readonly concurrently: boolean;
      readonly finalize: boolean;
    }
  | {
      readonly kind: 'other';
      readonly name: string;
      /** The type of `OF type`. */
      readonly type?: RelationReference;
    };
