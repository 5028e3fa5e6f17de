import type { Table } from '../model/catalog.ts';
import { makeObjectName } from '../model/object-name.ts';

/** The name that the server would give to an unnamed constraint of a table: `orders_customer_id_fkey`. */
export function chooseConstraintName(
  table: Table,
  columns: readonly string[],
  suffix: 'fkey' | 'check' | 'not_null',
): string {
  const second = columns.length === 0 ? null : columns.join('_');
  for (let pass = 0; ; pass += 1) {
    const name = makeObjectName(table.name.name, second, pass === 0 ? suffix : `${suffix}${pass}`);
    if (!table.constraints.some((one) => one.name === name)) return name;
  }
}
