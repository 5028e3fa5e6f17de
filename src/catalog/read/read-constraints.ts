import type { Connection } from '../../db/connection.ts';
import type { TableConstraint } from '../../model/catalog.ts';
import type { RelationKey } from '../../model/relation-name.ts';
import type { ReadExpression } from './expression-reader.ts';
import { type LockPolicy, unlessLocked } from './lock-policy.ts';
import { unseenExpression } from './unseen.ts';
import { IS_USER_SCHEMA } from './user-objects.ts';

export interface ConstraintRow {
  readonly relation: string;
  readonly name: string;
  readonly kind: 'p' | 'u' | 'f' | 'c' | 'n' | 'x';
  /** Column numbers as a JSON array; null when the constraint names no columns. */
  readonly columns: string | null;
  readonly references: string;
  readonly referencedColumns: string | null;
  readonly valid: boolean;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  readonly matchFull: boolean;
  /** As `columns`; null where all are meant. */
  readonly onDeleteColumns: string | null;
  readonly noInherit: boolean;
  readonly enforced: boolean;
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly expression: string | null;
}

/**
 * A foreign key to a partitioned table has rows of its own for each partition, on the same table and under made-up
 * names; they are left out.
 */
export function readConstraints(connection: Connection, locks: LockPolicy): Promise<readonly ConstraintRow[]> {
  return connection.query<ConstraintRow>(`SELECT k.conrelid::text AS relation, k.conname AS name, k.contype AS kind,
      to_json(k.conkey)::text AS columns, k.confrelid::text AS references,
      to_json(k.confkey)::text AS "referencedColumns", k.convalidated AS valid, k.condeferrable AS deferrable,
      k.condeferred AS "initiallyDeferred", k.confmatchtype = 'f' AS "matchFull", to_jsonb(k) ->> 'confdelsetcols' AS "onDeleteColumns",
      k.connoinherit AS "noInherit", coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS enforced, k.confdeltype AS "onDelete", k.confupdtype AS "onUpdate",
      CASE WHEN k.contype = 'c'
        THEN ${unlessLocked(locks, ['k.conrelid'], 'pg_get_expr(k.conbin, k.conrelid)')} END AS expression
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_constraint above ON above.oid = k.conparentid
    WHERE k.contype IN ('p', 'u', 'f', 'c', 'n', 'x') AND c.relkind IN ('r', 'p') AND ${IS_USER_SCHEMA}
      AND above.conrelid IS DISTINCT FROM k.conrelid
    ORDER BY k.conrelid, k.conname COLLATE "C"`);
}

const FOREIGN_KEY_ACTIONS: Readonly<Record<string, string>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

/** What the numbers of a constraint's row mean. */
export interface ConstraintNames {
  readonly column: (relation: string, number: number) => string;
  readonly relation: (oid: string) => RelationKey | null;
}

/** null for a foreign key to a relation that is not the user's. */
export function constraintOfRow(
  row: ConstraintRow,
  names: ConstraintNames,
  readExpression: ReadExpression,
): TableConstraint | null {
  const { name, valid, deferrable } = row;
  const columns = columnNames(row.columns, row.relation, names);
  const deferred = row.initiallyDeferred ? ({ initiallyDeferred: true } as const) : {};
  switch (row.kind) {
    case 'p':
    case 'u':
      return { kind: row.kind === 'p' ? 'primary-key' : 'unique', name, columns, deferrable, ...deferred };
    case 'f': {
      const references = names.relation(row.references);
      if (references === null) return null;
      return {
        kind: 'foreign-key',
        name,
        columns,
        references,
        referencedColumns: columnNames(row.referencedColumns, row.references, names),
        valid,
        deferrable,
        ...deferred,
        ...(row.matchFull ? { matchFull: true } : {}),
        ...(row.onDeleteColumns === null
          ? {}
          : { onDeleteColumns: columnNames(row.onDeleteColumns, row.relation, names) }),
        onDelete: FOREIGN_KEY_ACTIONS[row.onDelete] ?? 'NO ACTION',
        onUpdate: FOREIGN_KEY_ACTIONS[row.onUpdate] ?? 'NO ACTION',
        ...(row.enforced ? {} : { enforced: false }),
      };
    }
    case 'c':
      return {
        kind: 'check',
        name,
        expression: row.expression === null ? unseenExpression(columns) : readExpression(row.expression),
        valid,
        noInherit: row.noInherit,
        ...(row.enforced ? {} : { enforced: false }),
      };
    case 'n':
      return { kind: 'not-null', name, column: columns[0] ?? '', valid };
    case 'x':
      return { kind: 'exclude', name };
  }
}

function columnNames(numbers: string | null, relation: string, names: ConstraintNames): readonly string[] {
  return ((JSON.parse(numbers ?? '[]') as readonly number[] | null) ?? []).map((one) => names.column(relation, one));
}
