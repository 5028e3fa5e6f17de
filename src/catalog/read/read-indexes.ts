import type { Connection } from '../../db/connection.ts';
import type { Index } from '../../model/catalog.ts';
import type { Expression } from '../../model/expression.ts';
import type { ReadExpression } from './expression-reader.ts';
import { type LockPolicy, unlessLocked } from './lock-policy.ts';
import { tablespaceOf } from './tablespace-of.ts';
import { unseenExpression } from './unseen.ts';
import { IS_USER_SCHEMA } from './user-objects.ts';

export interface IndexRow {
  readonly relation: string;
  readonly name: string;
  readonly unique: boolean;
  readonly primary: boolean;
  readonly valid: boolean;
  readonly method: string;
  /** JSON: column numbers, 0 for an expression; the keys first, then what is included. */
  readonly numbers: string;
  readonly keyCount: number;
  /** JSON: the text of every key; null, as the definition, for a table that somebody kept locked. */
  readonly keys: string | null;
  readonly predicate: string | null;
  readonly isPartial: boolean;
  readonly constraint: string | null;
  readonly definition: string | null;
  readonly attachedTo: string | null;
  readonly clustered: boolean;
  /** null for pg_default. */
  readonly tablespace: string | null;
}

export function readIndexes(connection: Connection, locks: LockPolicy): Promise<readonly IndexRow[]> {
  const printed = (sql: string): string => unlessLocked(locks, ['i.indrelid', 'i.indexrelid'], sql);
  return connection.query<IndexRow>(`SELECT i.indrelid::text AS relation, ic.relname AS name,
      i.indisunique AS unique, i.indisprimary AS primary, i.indisvalid AS valid, am.amname AS method,
      to_json(i.indkey::int2[])::text AS numbers, i.indnkeyatts AS "keyCount",
      ${printed(`(SELECT json_agg(pg_get_indexdef(i.indexrelid, one::int, false) ORDER BY one)::text
        FROM generate_series(1, i.indnkeyatts) one)`)} AS keys,
      ${printed('pg_get_expr(i.indpred, i.indrelid)')} AS predicate, i.indpred IS NOT NULL AS "isPartial", k.conname AS constraint,
      ${printed('pg_get_indexdef(i.indexrelid)')} AS definition, above.relname AS "attachedTo",
      i.indisclustered AS clustered, ${tablespaceOf('ic')} AS tablespace
    FROM pg_index i
    JOIN pg_class ic ON ic.oid = i.indexrelid
    JOIN pg_am am ON am.oid = ic.relam
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
    LEFT JOIN pg_inherits part ON part.inhrelid = i.indexrelid
    LEFT JOIN pg_class above ON above.oid = part.inhparent
    WHERE c.relkind IN ('r', 'p', 'm') AND ${IS_USER_SCHEMA}
    ORDER BY i.indrelid, ic.relname COLLATE "C"`);
}

export function indexOfRow(
  row: IndexRow,
  columnName: (number: number) => string,
  readExpression: ReadExpression,
): Index {
  const numbers = JSON.parse(row.numbers) as readonly number[];
  const texts = row.keys === null ? null : (JSON.parse(row.keys) as readonly string[]);
  return {
    name: row.name,
    unique: row.unique,
    primary: row.primary,
    valid: row.valid,
    method: row.method,
    keys: numbers.slice(0, row.keyCount).map((number, at) => {
      if (number !== 0) return { column: columnName(number), expression: null };
      const text = texts?.[at];
      return { column: null, expression: text === undefined ? unseenExpression([]) : readExpression(text) };
    }),
    include: numbers.slice(row.keyCount).map(columnName),
    predicate: predicateOf(row, readExpression),
    constraint: row.constraint,
    definitionSql: row.definition?.slice(row.definition.indexOf(` USING ${row.method} `) + 1) ?? '',
    ...(row.attachedTo === null ? {} : { attachedTo: row.attachedTo }),
    ...(row.clustered ? { clustered: true } : {}),
    ...(row.tablespace === null ? {} : { tablespace: row.tablespace }),
  };
}

function predicateOf(row: IndexRow, readExpression: ReadExpression): Expression | null {
  if (row.predicate !== null) return readExpression(row.predicate);
  return row.isPartial ? unseenExpression([]) : null;
}
