import type { Connection } from '../../db/connection.ts';
import type { Column } from '../../model/catalog.ts';
import type { Expression } from '../../model/expression.ts';
import { quoteIdentifier, quoteName } from '../../sql/postgres/quote.ts';
import type { ReadExpression } from './expression-reader.ts';
import { type LockPolicy, unlessLocked } from './lock-policy.ts';
import { TYPE_JOINS, type TypeRow, typeColumns, typeOfRow } from './type-of-row.ts';
import { unseenExpression } from './unseen.ts';
import { IS_USER_SCHEMA } from './user-objects.ts';

/** A column of a table, view or materialized view. */
export interface ColumnRow extends TypeRow {
  readonly relation: string;
  readonly number: number;
  readonly name: string;
  readonly notNull: boolean;
  readonly identity: '' | 'a' | 'd';
  readonly generated: '' | 's' | 'v';
  readonly default: string | null;
  readonly collationSchema: string | null;
  readonly collation: string | null;
}

/** A default names no column and is printed without a look at its table; the expression of a generated column does. */
export function readColumns(connection: Connection, locks: LockPolicy): Promise<readonly ColumnRow[]> {
  return connection.query<ColumnRow>(`SELECT a.attrelid::text AS relation, a.attnum AS number, a.attname AS name,
      a.attnotnull AS "notNull", a.attidentity AS identity, a.attgenerated AS generated,
      CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, 0)
        ELSE ${unlessLocked(locks, ['a.attrelid'], 'pg_get_expr(d.adbin, d.adrelid)')} END AS default, cn.nspname AS "collationSchema", co.collname AS collation,
      ${typeColumns('a.atttypmod')}
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid ${TYPE_JOINS}
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
    LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm') AND ${IS_USER_SCHEMA} AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum`);
}

export function columnOfRow(row: ColumnRow, readExpression: ReadExpression): Column {
  return {
    name: row.name,
    type: typeOfRow(row),
    notNull: row.notNull,
    default: defaultOf(row, readExpression),
    identity: row.identity === '' ? null : row.identity === 'a' ? 'always' : 'by-default',
    generated: row.generated === '' ? null : row.generated === 's' ? 'stored' : 'virtual',
    collation: collationOfRow(row),
  };
}

/** Of a generated column that somebody kept locked nothing is known but that it has an expression. */
function defaultOf(row: ColumnRow, readExpression: ReadExpression): Expression | null {
  if (row.default !== null) return readExpression(row.default);
  return row.generated === '' ? null : unseenExpression([]);
}

function collationOfRow({ collation, collationSchema }: ColumnRow): string | null {
  if (collation === null) return null;
  if (collationSchema === null || collationSchema === 'pg_catalog') return quoteIdentifier(collation);
  return quoteName({ schema: collationSchema, name: collation });
}
