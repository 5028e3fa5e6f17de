/** SQL for the tablespace of a row of pg_class: NULL for pg_default, and for what has no file. */
export function tablespaceOf(relation: string): string {
  return `(SELECT nullif(s.spcname, 'pg_default') FROM pg_tablespace s
    WHERE s.oid = CASE WHEN ${relation}.reltablespace <> 0 THEN ${relation}.reltablespace
      ELSE (SELECT d.dattablespace FROM pg_database d WHERE d.datname = current_database()) END
    AND pg_relation_filenode(${relation}.oid) IS NOT NULL)`;
}
