import type { Catalog } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { renameFunction } from './rename-function.ts';
import { renameRelation } from './rename-relation.ts';
import { renameType } from './rename-type.ts';

/** ALTER SCHEMA ... RENAME: all that lives in it moves. The search path goes on naming what it named. */
export function renameSchema(catalog: Catalog, from: string, to: string): Catalog {
  if (!catalog.schemas.includes(from) || catalog.schemas.includes(to)) return catalog;
  const schemas = catalog.schemas.map((schema) => (schema === from ? to : schema)).sort();
  let changed: Catalog = { ...catalog, schemas };
  for (const { name } of Object.values(catalog.types)) {
    if (name.schema === from) changed = renameType(changed, name, { schema: to, name: name.name });
  }
  for (const { name } of Object.values(catalog.functions)) {
    if (name.schema === from) changed = renameFunction(changed, name, { schema: to, name: name.name });
  }
  for (const { name } of Object.values(catalog.relations)) {
    if (name.schema === from) changed = renameRelation(changed, relationKey(name), { schema: to, name: name.name });
  }
  return changed;
}
