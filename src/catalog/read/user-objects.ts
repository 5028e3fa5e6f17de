/**
 * SQL that is true for a row of pg_namespace that holds objects of the user's: not the server's own schemas, not
 * temporary ones, and not Evenkeel's ledger, which comes and goes beside the schema that we look after.
 */
export const IS_USER_SCHEMA = `(n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'evenkeel'))`;

/** SQL that is true when an extension owns the object: it comes and goes with the extension, not with migrations. */
export function isExtensionOwned(catalogTable: 'pg_class' | 'pg_type' | 'pg_proc', oid: string): string {
  return `EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = '${catalogTable}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;
}
