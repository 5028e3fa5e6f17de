/** The types that well-known extensions bring along; what else an extension creates is not followed. */
const EXTENSION_TYPES: Readonly<Record<string, readonly string[]>> = {
  btree_gist: ['gbtreekey16', 'gbtreekey2', 'gbtreekey32', 'gbtreekey4', 'gbtreekey8', 'gbtreekey_var'],
  citext: ['citext'],
  cube: ['cube'],
  hstore: ['hstore', 'ghstore'],
  intarray: ['intbig_gkey', 'query_int'],
  isn: ['ean13', 'isbn', 'isbn13', 'ismn', 'ismn13', 'issn', 'issn13', 'upc'],
  lo: ['lo'],
  ltree: ['lquery', 'ltree', 'ltree_gist', 'ltxtquery'],
  pg_trgm: ['gtrgm'],
  postgis: ['box2d', 'box2df', 'box3d', 'geography', 'geometry', 'geometry_dump', 'gidx', 'spheroid', 'valid_detail'],
  seg: ['seg'],
  vector: ['halfvec', 'sparsevec', 'vector'],
};

/** Types that came with a later version of an extension, by the major that brought it. */
const TYPES_SINCE: Readonly<Record<string, number>> = { gbtreekey2: 15 };

/** The names of the types that an extension of a server of that major brings; none where it is not known. */
export function extensionTypes(extension: string, major: number): readonly string[] {
  return (EXTENSION_TYPES[extension] ?? []).filter((type) => major >= (TYPES_SINCE[type] ?? 0));
}
