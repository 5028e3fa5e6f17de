import type { Catalog } from '../../model/catalog.ts';
import { findIndex } from '../../model/catalog-lookup.ts';
import { type RelationKey, type RelationReference, relationKey } from '../../model/relation-name.ts';
import { updateIndexes, updateTable } from '../edit-catalog.ts';

/** Where most things lie, which is not noted. */
const USUAL_TABLESPACE = 'pg_default';
const USUAL_ACCESS_METHOD = 'heap';

/** ALTER TABLE ... SET TABLESPACE; indexes stay where they are. */
export function moveTable(catalog: Catalog, key: RelationKey, tablespace: string): Catalog {
  return updateTable(catalog, key, ({ tablespace: _before, ...table }) =>
    tablespace === USUAL_TABLESPACE ? table : { ...table, tablespace },
  );
}

/** ALTER INDEX ... SET TABLESPACE. */
export function moveIndex(catalog: Catalog, reference: RelationReference, tablespace: string): Catalog {
  const place = findIndex(catalog, reference);
  if (place === null) return catalog;
  return updateIndexes(catalog, relationKey(place.relation.name), (index) => {
    if (index.name !== place.index.name) return index;
    const { tablespace: _before, ...rest } = index;
    return tablespace === USUAL_TABLESPACE ? rest : { ...rest, tablespace };
  });
}

/** ALTER TABLE ... SET ACCESS METHOD; `null` is the server's default. */
export function setAccessMethod(catalog: Catalog, key: RelationKey, name: string | null): Catalog {
  return updateTable(catalog, key, ({ accessMethod: _before, ...table }) =>
    name === null || name === USUAL_ACCESS_METHOD ? table : { ...table, accessMethod: name },
  );
}
