import type { Connection } from '../../db/connection.ts';

export interface SequenceRow {
  readonly oid: string;
  readonly type: string;
  readonly owner: string | null;
  readonly ownerColumn: number | null;
}

/** Type and owner of the sequences; `owner` is set for serial and identity columns and after OWNED BY. */
export function readSequences(connection: Connection): Promise<readonly SequenceRow[]> {
  return connection.query<SequenceRow>(`SELECT s.seqrelid::text AS oid, t.typname AS type,
      d.refobjid::text AS owner, d.refobjsubid AS "ownerColumn"
    FROM pg_sequence s
    JOIN pg_type t ON t.oid = s.seqtypid
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')`);
}
