import type { Connection } from '../../db/connection.ts';
import type { Index } from '../../model/catalog.ts';
import type { ReadExpression } from './expression-reader.ts';
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
  /** JSON: the text of every key. */
  readonly keys: string;
  readonly predicate: string | null;
  readonly constraint: string | null;
  readonly definition: string;
  readonly attachedTo: string | null;
}

export function readIndexes(connection: Connection): Promise<readonly IndexRow[]> {
  return connection.query<IndexRow>(`SELECT i.indrelid::text AS relation, ic.relname AS name,
      i.indisunique AS unique, i.indisprimary AS primary, i.indisvalid AS valid, am.amname AS method,
      to_json(i.indkey::int2[])::text AS numbers, i.indnkeyatts AS "keyCount",
      (SELECT json_agg(pg_get_indexdef(i.indexrelid, one::int, false) ORDER BY one)::text
        FROM generate_series(1, i.indnkeyatts) one) AS keys,
      pg_get_expr(i.indpred, i.indrelid) AS predicate, k.conname AS constraint,
      pg_get_indexdef(i.indexrelid) AS definition, above.relname AS "attachedTo"
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
  const texts = JSON.parse(row.keys) as readonly string[];
  return {
    name: row.name,
    unique: row.unique,
    primary: row.primary,
    valid: row.valid,
    method: row.method,
    keys: texts.map((text, at) => {
      const number = numbers[at] ?? 0;
      if (number !== 0) return { column: columnName(number), expression: null };
      return { column: null, expression: readExpression(text) };
    }),
    include: numbers.slice(row.keyCount).map(columnName),
    predicate: row.predicate === null ? null : readExpression(row.predicate),
    constraint: row.constraint,
    definitionSql: row.definition.slice(row.definition.indexOf(` USING ${row.method} `) + 1),
    ...(row.attachedTo === null ? {} : { attachedTo: row.attachedTo }),
  };
}
