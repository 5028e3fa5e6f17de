/** The types that well-known extensions bring along; what else an extension creates is not followed. */
export const EXTENSION_TYPES: Readonly<Record<string, readonly string[]>> = {
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
