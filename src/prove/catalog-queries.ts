/** Reads one kind of object as `object` (unique) and `text`; some catalogs have columns in newer versions only. */
export interface CatalogQuery {
  readonly since?: number;
  readonly until?: number;
  readonly sql: string;
}

const USERS = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('information_schema', 'evenkeel')`;

/** Objects that an extension brought along are the extension's. */
function own(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass
    AND x.objid = ${oid} AND x.deptype = 'e')`;
}

function comment(catalog: string, oid: string, sub = '0'): string {
  return `COALESCE((SELECT ' COMMENT ' || pg_catalog.quote_literal(d.description) FROM pg_catalog.pg_description d
    WHERE d.classoid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND d.objoid = ${oid} AND d.objsubid = ${sub}), '')`;
}

/** Sorted, as the order in which rights were given says nothing. */
function rights(acl: string): string {
  return `COALESCE((SELECT ' GRANT ' || pg_catalog.string_agg(a::text, ' ' ORDER BY a::text) FROM pg_catalog.unnest(${acl}) a), '')`;
}

function options(list: string, word: string): string {
  return `COALESCE((SELECT ' ${word} ' || pg_catalog.string_agg(o, ' ' ORDER BY o) FROM pg_catalog.unnest(${list}) o), '')`;
}

const RELATION = `pg_catalog.format('%I.%I', n.nspname, c.relname)`;

const RELATIONS = `SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence '
    WHEN 'c' THEN 'type ' WHEN 'f' THEN 'foreign table ' ELSE 'table ' END || ${RELATION} AS object,
  pg_catalog.concat('OWNER ', pg_catalog.pg_get_userbyid(c.relowner), ' PERSISTENCE ', c.relpersistence,
    ' IDENTITY ', c.relreplident, CASE WHEN c.relrowsecurity THEN ' ROW SECURITY' END,
    CASE WHEN c.relforcerowsecurity THEN ' FORCE' END, CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN ' EMPTY' END,
    ' PARTITION BY ' || pg_catalog.pg_get_partkeydef(c.oid), ' AS ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid),
    (SELECT ' INHERITS ' || pg_catalog.string_agg(i.inhparent::pg_catalog.regclass::text, ', ' ORDER BY i.inhseqno)
      FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid),
    (SELECT ' IN ' || t.spcname FROM pg_catalog.pg_tablespace t WHERE t.oid = c.reltablespace),
    ' USING ' || (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = c.relam), ${options('c.reloptions', 'WITH')},
    CASE WHEN c.relkind IN ('v', 'm') THEN ' ' || pg_catalog.pg_get_viewdef(c.oid) END,
    ${rights('c.relacl')}, ${comment('pg_class', 'c.oid')}) AS text
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c', 'f') AND ${USERS} AND ${own('pg_class', 'c.oid')}`;

function columns(compression: string): string {
  return `SELECT 'column ' || ${RELATION} || '.' || pg_catalog.quote_ident(a.attname) AS object,
  pg_catalog.concat(pg_catalog.format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' NOT NULL' END,
    (SELECT ' COLLATE ' || l.oid::pg_catalog.regcollation FROM pg_catalog.pg_collation l
      WHERE l.oid = a.attcollation AND l.collname <> 'default'),
    CASE WHEN a.attgenerated <> '' THEN ' GENERATED ' || a.attgenerated::text END,
    ' DEFAULT ' || pg_catalog.pg_get_expr(f.adbin, f.adrelid), CASE WHEN a.attidentity <> '' THEN ' IDENTITY ' || a.attidentity::text END,
    CASE WHEN a.attstorage <> t.typstorage THEN ' STORAGE ' || a.attstorage::text END, ${compression}
    CASE WHEN COALESCE(a.attstattarget, -1) >= 0 THEN ' STATISTICS ' || a.attstattarget END,
    CASE WHEN NOT a.attislocal THEN ' INHERITED' END, ${options('a.attoptions', 'WITH')}, ${rights('a.attacl')},
    ${comment('pg_class', 'c.oid', 'a.attnum')}) AS text
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'c', 'f') AND ${USERS}
    AND ${own('pg_class', 'c.oid')}`;
}

/**
 * Without the parts of a foreign key that the server keeps for each partition of the table that it points at. Whether a
 * NOT NULL counts as a partition's own, too, hangs on the order of commands (18), and is left out.
 */
function constraints(enforced: string): string {
  return `SELECT 'constraint ' || k.conname || ' of ' || CASE WHEN k.contypid <> 0 THEN 'domain ' || k.contypid::pg_catalog.regtype
    ELSE k.conrelid::pg_catalog.regclass::text END AS object,
  pg_catalog.concat(pg_catalog.pg_get_constraintdef(k.oid), CASE WHEN NOT k.convalidated THEN ' (not valid)' END, ${enforced}
    CASE WHEN NOT k.conislocal AND k.contype <> 'n' THEN ' INHERITED' END, CASE WHEN k.connoinherit AND k.contype IN ('c', 'n') THEN ' NO INHERIT' END,
    CASE WHEN k.conindid <> 0 THEN ' INDEX ' || k.conindid::pg_catalog.regclass END,
    ${comment('pg_constraint', 'k.oid')}) AS text
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
  WHERE k.contype <> 't' AND ${USERS}
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint w WHERE w.oid = k.conparentid AND w.conrelid = k.conrelid) AND ${own('pg_constraint', 'k.oid')}`;
}

const INDEXES = `SELECT 'index ' || ${RELATION} AS object,
  pg_catalog.concat(pg_catalog.pg_get_indexdef(c.oid), CASE WHEN NOT i.indisvalid THEN ' INVALID' END,
    CASE WHEN i.indisclustered THEN ' CLUSTERED' END, CASE WHEN i.indisreplident THEN ' REPLICA IDENTITY' END,
    (SELECT ' PART OF ' || p.inhparent::pg_catalog.regclass FROM pg_catalog.pg_inherits p WHERE p.inhrelid = c.oid),
    (SELECT ' IN ' || t.spcname FROM pg_catalog.pg_tablespace t WHERE t.oid = c.reltablespace),
    (SELECT ' STATISTICS ' || pg_catalog.string_agg(pg_catalog.concat(s.attnum, ': ', s.attstattarget), ', ' ORDER BY s.attnum)
      FROM pg_catalog.pg_attribute s WHERE s.attrelid = c.oid AND COALESCE(s.attstattarget, -1) >= 0),
    ${comment('pg_class', 'c.oid')}) AS text
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${USERS} AND ${own('pg_class', 'c.oid')}`;

const SEQUENCES = `SELECT 'numbers of ' || s.seqrelid::pg_catalog.regclass AS object,
  pg_catalog.concat(s.seqtypid::pg_catalog.regtype, ' START ', s.seqstart, ' INCREMENT ', s.seqincrement, ' FROM ', s.seqmin,
    ' TO ', s.seqmax, ' CACHE ', s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END,
    (SELECT ' OWNED BY ' || pg_catalog.format('%s.%I', d.refobjid::pg_catalog.regclass, a.attname)
      FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid AND d.deptype IN ('a', 'i'))) AS text
  FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${USERS} AND ${own('pg_class', 'c.oid')}`;

const TRIGGERS = `SELECT 'trigger ' || t.tgname || ' of ' || t.tgrelid::pg_catalog.regclass AS object,
  pg_catalog.concat(pg_catalog.pg_get_triggerdef(t.oid), ' ENABLED ', t.tgenabled, ${comment('pg_trigger', 't.oid')}) AS text
  FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND ${USERS}`;

const RULES = `SELECT 'rule ' || r.rulename || ' of ' || r.ev_class::pg_catalog.regclass AS object,
  pg_catalog.concat(pg_catalog.pg_get_ruledef(r.oid), ' ENABLED ', r.ev_enabled, ${comment('pg_rewrite', 'r.oid')}) AS text
  FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN' AND ${USERS}`;

const POLICIES = `SELECT 'policy ' || p.polname || ' of ' || p.polrelid::pg_catalog.regclass AS object,
  pg_catalog.concat(CASE WHEN NOT p.polpermissive THEN 'RESTRICTIVE ' END, 'FOR ', p.polcmd,
    ' TO ' || (SELECT pg_catalog.string_agg(pg_catalog.pg_get_userbyid(o), ', ' ORDER BY 1) FROM pg_catalog.unnest(p.polroles) o),
    ' USING ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid), ' CHECK ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
    ${comment('pg_policy', 'p.oid')}) AS text
  FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE ${USERS}`;

function statistics(expressions: string): string {
  return `SELECT 'statistics ' || pg_catalog.format('%I.%I', n.nspname, s.stxname) AS object,
  pg_catalog.concat('KINDS ', s.stxkind, ' ON ', (SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY a.attname)
      FROM pg_catalog.pg_attribute a WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys::int2[])), ${expressions}
    ' FROM ', s.stxrelid::pg_catalog.regclass, CASE WHEN COALESCE(s.stxstattarget, -1) >= 0 THEN ' STATISTICS ' || s.stxstattarget END,
    ' OWNER ', pg_catalog.pg_get_userbyid(s.stxowner), ${comment('pg_statistic_ext', 's.oid')}) AS text
  FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace WHERE ${USERS}`;
}

const PUBLICATIONS = `SELECT 'publication ' || p.pubname AS object,
  pg_catalog.concat(CASE WHEN p.puballtables THEN 'FOR ALL TABLES ' END, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
    p.pubviaroot) AS text FROM pg_catalog.pg_publication p`;

function published(columns: string): string {
  return `SELECT pg_catalog.format('%s in publication %s', r.prrelid::pg_catalog.regclass, p.pubname) AS object, ${columns} AS text
  FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid`;
}

const TYPES = `SELECT 'type ' || t.oid::pg_catalog.regtype AS object,
  pg_catalog.concat(t.typtype, CASE WHEN t.typnotnull THEN ' NOT NULL' END, ' DEFAULT ' || t.typdefault,
    CASE WHEN t.typtype = 'd' THEN ' ' || pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
    (SELECT ' ENUM ' || pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
      FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), ' OWNER ', pg_catalog.pg_get_userbyid(t.typowner),
    ${rights('t.typacl')}, ${comment('pg_type', 't.oid')}) AS text
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype IN ('d', 'e', 'r', 'm') AND ${USERS} AND ${own('pg_type', 't.oid')}`;

const FUNCTIONS = `SELECT 'function ' || p.oid::pg_catalog.regprocedure AS object,
  pg_catalog.concat(CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) ELSE 'aggregate' END,
    ' OWNER ', pg_catalog.pg_get_userbyid(p.proowner), ${rights('p.proacl')}, ${comment('pg_proc', 'p.oid')}) AS text
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE ${USERS} AND ${own('pg_proc', 'p.oid')}`;

const SCHEMAS = `SELECT 'schema ' || pg_catalog.quote_ident(n.nspname) AS object,
  pg_catalog.concat('OWNER ', pg_catalog.pg_get_userbyid(n.nspowner), ${rights('n.nspacl')}, ${comment('pg_namespace', 'n.oid')}) AS text
  FROM pg_catalog.pg_namespace n WHERE ${USERS}`;

const DEFAULT_RIGHTS = `SELECT pg_catalog.concat('default rights of ', pg_catalog.pg_get_userbyid(a.defaclrole), ' in ',
    a.defaclnamespace::pg_catalog.regnamespace, ' for ', a.defaclobjtype) AS object, ${rights('a.defaclacl')} AS text
  FROM pg_catalog.pg_default_acl a`;

/** All kinds of objects that a migration can make or change. */
export const CATALOG_QUERIES: readonly CatalogQuery[] = [
  { sql: SCHEMAS },
  { sql: RELATIONS },
  { until: 13, sql: columns('') },
  { since: 14, sql: columns("CASE WHEN a.attcompression <> '' THEN ' COMPRESSION ' || a.attcompression::text END,") },
  { until: 17, sql: constraints('') },
  { since: 18, sql: constraints("CASE WHEN NOT k.conenforced THEN ' NOT ENFORCED' END,") },
  { sql: INDEXES },
  { sql: SEQUENCES },
  { sql: TRIGGERS },
  { sql: RULES },
  { sql: POLICIES },
  { until: 13, sql: statistics('') },
  { since: 14, sql: statistics("' EXPRESSIONS ' || pg_catalog.pg_get_expr(s.stxexprs, s.stxrelid),") },
  { sql: PUBLICATIONS },
  { until: 14, sql: published("''") },
  {
    since: 15,
    sql: published(`pg_catalog.concat('WHERE ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid), ' (' ||
    (SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY a.attname) FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)) || ')')`),
  },
  { sql: TYPES },
  { sql: FUNCTIONS },
  { sql: DEFAULT_RIGHTS },
];
