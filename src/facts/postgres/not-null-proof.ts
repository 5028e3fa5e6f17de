import type { Table } from '../../model/catalog.ts';

/**
 * Whether the schema proves that a column holds no NULL: it is NOT NULL, or a valid CHECK says so (12 and later skip
 * the scan of SET NOT NULL then; measured on 13 to 18).
 */
export function provenNotNull(table: Table, column: string, ignoredConstraints: readonly string[] = []): boolean {
  if (table.columns.some((one) => one.name === column && one.notNull)) {
    const notValid = table.constraints.some((one) => one.kind === 'not-null' && one.column === column && !one.valid);
    if (!notValid) return true;
  }
  return table.constraints.some(
    (one) =>
      one.kind === 'check' &&
      one.valid &&
      !ignoredConstraints.includes(one.name) &&
      one.expression.provesNotNull.includes(column),
  );
}
