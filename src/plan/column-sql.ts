import type { ColumnDefinition } from '../model/definition.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';

/** A column as ADD COLUMN defines it, NOT NULL included and the other constraints left out. */
export function columnSql(column: ColumnDefinition): string {
  const parts = [bareColumnSql(column)];
  if (column.identity !== null) {
    const options = column.identitySql === undefined ? '' : ` ${column.identitySql}`;
    parts.push(`GENERATED ${column.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY${options}`);
  } else if (column.generated !== null) {
    parts.push(`GENERATED ALWAYS AS (${column.default?.sql ?? ''}) ${column.generated.toUpperCase()}`);
  } else if (column.default !== null) parts.push(`DEFAULT ${column.default.sql}`);
  if (column.notNull) parts.push(notNullSql(column));
  return parts.join(' ');
}

/** Name, type and what belongs to the type: how values are stored, compressed and compared. */
export function bareColumnSql(column: ColumnDefinition): string {
  const parts = [quoteIdentifier(column.name), column.typeSql];
  if (column.storage !== undefined) parts.push(`STORAGE ${column.storage}`);
  if (column.compression !== undefined) parts.push(`COMPRESSION ${column.compression}`);
  if (column.collation !== null) parts.push(`COLLATE ${column.collation}`);
  return parts.join(' ');
}

function notNullSql({ constraints }: ColumnDefinition): string {
  const named = constraints.find((one) => one.kind === 'not-null');
  return named?.name == null ? 'NOT NULL' : `CONSTRAINT ${quoteIdentifier(named.name)} NOT NULL`;
}
