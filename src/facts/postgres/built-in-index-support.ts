// Written by `npm run measure:functions` from indexes on PostgreSQL 13, 14, 15, 16, 17, 18; do not edit.

/**
 * By access method, the built-in types of which it makes an index without being told an operator class; `:14-18` after
 * those that not all majors take. anyenum, anyarray and record stand for all types of their kind.
 */
export const INDEXED_TYPES: Readonly<Record<string, string>> = {
  btree: `bit bool bpchar bytea char cidr date daterange float4 float8 inet int2 int4 int4range int8 int8range
interval jsonb macaddr macaddr8 money name numeric numrange oid pg_dependencies pg_lsn pg_mcv_list
pg_ndistinct pg_node_tree regclass regcollation regconfig regdictionary regnamespace regoper regoperator
regproc regprocedure regrole regtype text tid time timestamp timestamptz timetz tsquery tsrange tstzrange
tsvector uuid varbit varchar xid8 anyenum anyarray record datemultirange:14-18 int4multirange:14-18
int8multirange:14-18 nummultirange:14-18 tsmultirange:14-18 tstzmultirange:14-18`,
  hash: `aclitem bool bpchar bytea char cid cidr date daterange float4 float8 inet int2 int4 int4range int8
int8range interval jsonb macaddr macaddr8 name numeric numrange oid pg_dependencies pg_lsn pg_mcv_list
pg_ndistinct pg_node_tree regclass regcollation regconfig regdictionary regnamespace regoper regoperator
regproc regprocedure regrole regtype text tid time timestamp timestamptz timetz tsrange tstzrange uuid
varchar xid xid8 anyenum anyarray datemultirange:14-18 int4multirange:14-18 int8multirange:14-18
nummultirange:14-18 tsmultirange:14-18 tstzmultirange:14-18 record:14-18`,
  gist: `box circle daterange int4range int8range numrange point polygon tsquery tsrange tstzrange tsvector
datemultirange:14-18 int4multirange:14-18 int8multirange:14-18 nummultirange:14-18 tsmultirange:14-18
tstzmultirange:14-18`,
  gin: `jsonb tsvector anyarray`,
  brin: `bit box bpchar bytea char cidr date daterange float4 float8 inet int2 int4 int4range int8 int8range
interval macaddr macaddr8 name numeric numrange oid pg_dependencies pg_lsn pg_mcv_list pg_ndistinct
pg_node_tree regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc
regprocedure regrole regtype text tid time timestamp timestamptz timetz tsrange tstzrange uuid varbit
varchar`,
  spgist: `box cidr daterange inet int4range int8range numrange pg_node_tree point polygon text tsrange tstzrange
varchar`,
};
