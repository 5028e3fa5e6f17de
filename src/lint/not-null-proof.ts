import type { Table } from '../model/catalog.ts';

/** The valid CHECK constraints that prove a column holds no NULL, by name. */
export function notNullProofs(table: Table, column: string): readonly string[] {
  return table.constraints.flatMap((one) =>
    one.kind === 'check' && one.valid && one.expression.provesNotNull.includes(column) ? [one.name] : [],
  );
}

/** Whether a column is NOT NULL, and not NOT VALID (18). */
export function isValidNotNull(table: Table, column: string): boolean {
  const isNotNull = table.columns.some(({ name, notNull }) => name === column && notNull);
  return isNotNull && !table.constraints.some((one) => one.kind === 'not-null' && one.column === column && !one.valid);
}
