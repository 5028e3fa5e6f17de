import type { Catalog } from '../../model/catalog.ts';
import type { SetVariable } from '../../model/set-variable.ts';

/**
 * SET search_path. RESET, like a server that nobody configured, means `public`; SET LOCAL counts until the next SET.
 * `"$user"` and pg_catalog are left out: the first is a schema only where one of the role's name exists.
 */
export function setSearchPath(catalog: Catalog, action: SetVariable): Catalog {
  if (action.name === 'all' && action.value === null) return { ...catalog, searchPath: ['public'] };
  if (action.name !== 'search_path') return catalog;
  if (action.value === null) return { ...catalog, searchPath: ['public'] };
  const names = [...action.value.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '').toLowerCase() : quoted.replaceAll('""', '"'),
  );
  return { ...catalog, searchPath: names.filter((name) => !['', '$user', 'pg_catalog'].includes(name)) };
}
