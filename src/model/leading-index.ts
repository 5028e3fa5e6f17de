import type { Index, Table } from './catalog.ts';

/** Whether a complete, valid index begins with those columns, in any order: it finds the rows of one value of them. */
export function hasLeadingIndex(table: Table, columns: readonly string[]): boolean {
  return table.indexes.some((index) => index.valid && index.predicate === null && leadsWith(index, columns));
}

/** Whether the first keys of an index are those columns, in any order. */
export function leadsWith(index: Pick<Index, 'keys'>, columns: readonly string[]): boolean {
  const first = index.keys.slice(0, columns.length).map((key) => key.column);
  return columns.length > 0 && first.length === columns.length && columns.every((column) => first.includes(column));
}
