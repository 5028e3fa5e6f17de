import type { Catalog } from '../../model/catalog.ts';
import { dropFunction } from './drop-function.ts';
import { dropRelations } from './drop-relation.ts';
import { dropType } from './drop-type.ts';

/** DROP SCHEMA; with CASCADE all that lives in it goes, and all that hangs on that. */
export function dropSchema(catalog: Catalog, schema: string, cascade: boolean): Catalog {
  if (!catalog.schemas.includes(schema)) return catalog;
  const inside = <Entry extends { readonly name: { readonly schema: string } }>(
    entries: Readonly<Record<string, Entry>>,
  ): readonly [string, Entry][] => Object.entries(entries).filter(([, entry]) => entry.name.schema === schema);
  const relations = inside(catalog.relations).map(([key]) => key);
  const types = inside(catalog.types);
  const functions = inside(catalog.functions);
  if (!cascade && relations.length + types.length + functions.length > 0) return catalog;
  let changed = dropRelations(catalog, relations, true);
  for (const [, { name }] of functions) changed = dropFunction(changed, name, true);
  for (const [, { name }] of types) changed = dropType(changed, name, true);
  return { ...changed, schemas: changed.schemas.filter((one) => one !== schema) };
}
