import type { RelationKey } from '../model/relation-name.ts';
import { quoteLiteral } from '../sql/postgres/quote.ts';

/** SQL that hands on to a new column what the server keeps of the old one beside its values. */
export interface CarryOver {
  /** While the old column is still there: writes down what hangs on it. */
  readonly remember: string;
  /** Once column, indexes and constraints have their names: puts it where it was. */
  readonly restore: string;
}

/** For the length of the transaction. */
const SETTING = 'evenkeel.carried';

/**
 * Comments, privileges, statistics targets and options of a column, extended statistics over it, and comments,
 * statistics targets and marks (CLUSTER, REPLICA IDENTITY) of its indexes and constraints. They are read from the server
 * in the transaction of the swap, so that nothing that was said meanwhile is lost.
 */
export function carryOver(key: RelationKey, column: string): CarryOver {
  const table = `${quoteLiteral(key)}::pg_catalog.regclass`;
  const number = `(SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = ${table} AND attname = ${quoteLiteral(column)} AND NOT attisdropped)`;
  const parts = [
    ofColumn(table, number),
    ofRights(table, number),
    ofIndexes(table, number),
    ofConstraints(table, number),
  ];
  const queries = [...parts, ofStatistics(table, number)].join('\n    UNION ALL ');
  return {
    remember:
      block(`  PERFORM pg_catalog.set_config('${SETTING}', (SELECT COALESCE(pg_catalog.jsonb_agg(s.sql), '[]')::text FROM (
    ${queries}
  ) s(sql) WHERE s.sql IS NOT NULL), true);`),
    restore: block(
      `  FOR carried IN SELECT pg_catalog.jsonb_array_elements_text(pg_catalog.current_setting('${SETTING}')::jsonb) LOOP
    EXECUTE carried;
  END LOOP;`,
      'DECLARE carried text;\n',
    ),
  };
}

function block(body: string, declared = ''): string {
  return `DO $evenkeel$\n${declared}BEGIN\n${body}\nEND\n$evenkeel$`;
}

function ofColumn(table: string, number: string): string {
  const altered = (words: string, value: string): string =>
    `pg_catalog.format('ALTER TABLE %s ALTER COLUMN %I ${words}', a.attrelid::pg_catalog.regclass, a.attname, ${value})`;
  return `SELECT pg_catalog.unnest(ARRAY[
      CASE WHEN pg_catalog.col_description(a.attrelid, a.attnum) IS NOT NULL THEN pg_catalog.format('COMMENT ON COLUMN %s.%I IS %L', a.attrelid::pg_catalog.regclass, a.attname, pg_catalog.col_description(a.attrelid, a.attnum)) END,
      CASE WHEN COALESCE(a.attstattarget, -1) >= 0 THEN ${altered('SET STATISTICS %s', 'a.attstattarget')} END,
      CASE WHEN a.attoptions IS NOT NULL THEN ${altered('SET (%s)', "pg_catalog.array_to_string(a.attoptions, ', ')")} END
    ]) FROM pg_catalog.pg_attribute a WHERE a.attrelid = ${table} AND a.attnum = ${number}`;
}

function ofRights(table: string, number: string): string {
  return `SELECT pg_catalog.format('GRANT %s (%I) ON %s TO %s%s', x.privilege_type, a.attname, a.attrelid::pg_catalog.regclass,
      CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END,
      CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x WHERE a.attrelid = ${table} AND a.attnum = ${number}`;
}

/** Whatever of the table hangs on the column, by the server's own books. */
function hangs(catalog: string, object: string, table: string, number: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND d.objid = ${object}
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = ${table} AND d.refobjsubid = ${number})`;
}

function ofIndexes(table: string, number: string): string {
  const name = 'i.indexrelid::pg_catalog.regclass';
  const said = "pg_catalog.obj_description(i.indexrelid, 'pg_class')";
  const short = 'pg_catalog.quote_ident((SELECT relname FROM pg_catalog.pg_class WHERE oid = i.indexrelid))';
  // The index of a key hangs on its constraint, and the constraint on the column.
  const isMine = `(${number} = ANY (i.indkey::int2[]) OR ${hangs('pg_class', 'i.indexrelid', table, number)})`;
  return `SELECT pg_catalog.unnest(ARRAY[
      CASE WHEN ${said} IS NOT NULL THEN pg_catalog.format('COMMENT ON INDEX %s IS %L', ${name}, ${said}) END,
      CASE WHEN i.indisclustered THEN pg_catalog.format('ALTER TABLE %s CLUSTER ON %s', ${table}, ${short}) END,
      CASE WHEN i.indisreplident THEN pg_catalog.format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %s', ${table}, ${short}) END
    ]) FROM pg_catalog.pg_index i WHERE i.indrelid = ${table} AND ${isMine}
    UNION ALL SELECT pg_catalog.format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', ${name}, t.attnum, t.attstattarget)
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute t ON t.attrelid = i.indexrelid
    WHERE i.indrelid = ${table} AND COALESCE(t.attstattarget, -1) >= 0 AND ${isMine}`;
}

function ofConstraints(table: string, number: string): string {
  return `SELECT pg_catalog.format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, ${table}, pg_catalog.obj_description(k.oid, 'pg_constraint'))
    FROM pg_catalog.pg_constraint k WHERE k.conrelid = ${table} AND ${number} = ANY (k.conkey)
      AND pg_catalog.obj_description(k.oid, 'pg_constraint') IS NOT NULL`;
}

function ofStatistics(table: string, number: string): string {
  const name = `pg_catalog.format('%s.%I', s.stxnamespace::pg_catalog.regnamespace, s.stxname)`;
  const said = "pg_catalog.obj_description(s.oid, 'pg_statistic_ext')";
  return `SELECT pg_catalog.unnest(ARRAY[
      pg_catalog.pg_get_statisticsobjdef(s.oid),
      CASE WHEN COALESCE(s.stxstattarget, -1) >= 0 THEN pg_catalog.format('ALTER STATISTICS %s SET STATISTICS %s', ${name}, s.stxstattarget) END,
      CASE WHEN ${said} IS NOT NULL THEN pg_catalog.format('COMMENT ON STATISTICS %s IS %L', ${name}, ${said}) END
    ]) FROM pg_catalog.pg_statistic_ext s WHERE s.stxrelid = ${table} AND ${hangs('pg_statistic_ext', 's.oid', table, number)}`;
}
