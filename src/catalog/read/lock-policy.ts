/**
 * What to do about a relation that others keep locked. The server takes ACCESS SHARE on a relation to print an index, a
 * CHECK, a generated column, a partition key, a view or a body in the SQL standard's form (measured on 13 to 18:
 * pg_get_expr with a relation, pg_get_indexdef, pg_get_partkeydef, pg_get_viewdef, pg_get_function_sqlbody).
 *
 * - `wait`: print all; lock_timeout says for how long to wait.
 * - `skip`: print nothing of a relation that somebody holds or wants under ACCESS EXCLUSIVE.
 * - `never`: print nothing of the kind.
 */
export type LockPolicy = 'wait' | 'skip' | 'never';

/** SQL for the relations of this database that somebody holds or wants under ACCESS EXCLUSIVE; read once a query. */
export const LOCKED_RELATIONS = `ARRAY(SELECT l.relation FROM pg_catalog.pg_locks l
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()))`;

/** SQL that is `sql` where the policy lets the server lock the relations, given by the SQL of their oids, else NULL. */
export function unlessLocked(policy: LockPolicy, relations: readonly string[], sql: string): string {
  return unless(policy, relations.map((oid) => `${oid} = ANY (${LOCKED_RELATIONS})`).join(' OR '), sql);
}

/** The same for what reads relations: a view, or a function with a body in the SQL standard's form. */
export function unlessReadsLocked(policy: LockPolicy, reader: 'view' | 'function', oid: string, sql: string): string {
  const from =
    reader === 'view'
      ? `pg_rewrite r JOIN pg_depend x ON x.classid = 'pg_rewrite'::regclass AND x.objid = r.oid
          WHERE r.ev_class = ${oid}`
      : `pg_depend x WHERE x.classid = 'pg_proc'::regclass AND x.objid = ${oid}`;
  const reads = `EXISTS (SELECT FROM ${from}
    AND x.refclassid = 'pg_class'::regclass AND x.refobjid = ANY (${LOCKED_RELATIONS}))`;
  return unless(policy, `${oid} = ANY (${LOCKED_RELATIONS}) OR ${reads}`, sql);
}

function unless(policy: LockPolicy, isLocked: string, sql: string): string {
  if (policy === 'wait') return sql;
  return policy === 'never' ? 'NULL' : `CASE WHEN ${isLocked} THEN NULL ELSE ${sql} END`;
}
