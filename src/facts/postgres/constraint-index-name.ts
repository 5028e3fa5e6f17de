import type { Catalog, Table } from '../../model/catalog.ts';
import { chooseRelationName } from '../../model/object-name.ts';

/** The name that the server gives to the index of an unnamed constraint (`users_email_key`, `users_pkey`). */
export function constraintIndexName(
  catalog: Catalog,
  table: Table,
  columns: readonly string[],
  kind: 'primary-key' | 'unique' | 'exclude',
): string {
  if (kind === 'primary-key') return chooseRelationName(catalog, table.name.schema, table.name.name, null, 'pkey');
  const suffix = kind === 'unique' ? 'key' : 'excl';
  return chooseRelationName(catalog, table.name.schema, table.name.name, columns.join('_'), suffix);
}
