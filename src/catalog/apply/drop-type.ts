import type { Catalog } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import {
  type QualifiedName,
  type RelationKey,
  type RelationReference,
  relationKey,
} from '../../model/relation-name.ts';
import { removeType } from '../edit-catalog.ts';
import { dropColumn } from './drop-column.ts';

/** DROP TYPE and DROP DOMAIN; CASCADE takes the columns and domains of that type along. */
export function dropType(catalog: Catalog, reference: RelationReference, cascade: boolean): Catalog {
  const type = findType(catalog, reference);
  if (type === null) return catalog;
  const columns = columnsOfType(catalog, type.name);
  const domains = Object.values(catalog.types).filter((one) => one.kind === 'domain' && isOfType(one.base, type.name));
  if (!cascade && (columns.length > 0 || domains.length > 0)) return catalog;
  let changed = removeType(catalog, relationKey(type.name));
  for (const { key, column } of columns) changed = dropColumn(changed, key, column, { cascade: true, only: true });
  for (const domain of domains) changed = dropType(changed, domain.name, true);
  return changed;
}

function isOfType(used: DataType, name: QualifiedName): boolean {
  return used.name === name.name && used.schema === name.schema;
}

function columnsOfType(
  catalog: Catalog,
  name: QualifiedName,
): readonly { readonly key: RelationKey; readonly column: string }[] {
  return Object.entries(catalog.relations).flatMap(([key, relation]) =>
    relation.kind !== 'table'
      ? []
      : relation.columns
          .filter((column) => isOfType(column.type, name))
          .map((column) => ({ key, column: column.name })),
  );
}
