/** Types of pg_catalog that a column or a domain can have, by internal name (PostgreSQL 13 to 18, read from pg_type). */
const BUILT_IN_TYPES: ReadonlySet<string> = new Set(
  `aclitem bit bool box bpchar bytea char cid cidr circle date datemultirange daterange float4 float8 gtsvector inet int2
  int2vector int4 int4multirange int4range int8 int8multirange int8range interval json jsonb jsonpath line lseg macaddr
  macaddr8 money name numeric nummultirange numrange oid oidvector path pg_brin_bloom_summary
  pg_brin_minmax_multi_summary pg_dependencies pg_lsn pg_mcv_list pg_ndistinct pg_node_tree pg_snapshot point polygon
  record refcursor regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure
  regrole regtype text tid time timestamp timestamptz timetz tsmultirange tsquery tsrange tstzmultirange tstzrange
  tsvector txid_snapshot uuid varbit varchar void xid xid8 xml`.split(/\s+/),
);

/**
 * Whether an unqualified internal name is a type of PostgreSQL itself. A user's type of the same name in another schema
 * is shadowed by it, as pg_catalog is searched first.
 *
 * @example isBuiltInType('int4') // true
 * @example isBuiltInType('mood') // false
 */
export function isBuiltInType(name: string): boolean {
  return BUILT_IN_TYPES.has(name);
}
