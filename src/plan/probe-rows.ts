import type { RelationKey } from '../model/relation-name.ts';
import { quoteLiteral } from '../sql/postgres/quote.ts';
import type { TransactionDraft } from './step-draft.ts';

export interface RowProbe {
  readonly name: string;
  readonly relation: RelationKey;
  /** Other relations that the query reads. */
  readonly alsoReads?: readonly RelationKey[];
  /** A query that answers a row when something is in the way. */
  readonly violation: string;
  readonly sqlstate: '23502' | '23503' | '23514';
  readonly message: string;
}

/** SQL that fails when a query answers a row. */
export function raiseIf({
  violation,
  sqlstate,
  message,
}: {
  readonly violation: string;
  readonly sqlstate: string;
  readonly message: string;
}): string {
  return `DO $evenkeel$
BEGIN
  IF EXISTS (${violation}) THEN
    RAISE EXCEPTION USING ERRCODE = '${sqlstate}', MESSAGE = ${quoteLiteral(message)};
  END IF;
END
$evenkeel$`;
}

/**
 * Looks for rows that forbid a constraint before anything is changed: a NOT VALID constraint over bad rows would make
 * every UPDATE of such a row fail, also one of another column (23514; measured on 13 to 18).
 */
export function probeRows(probe: RowProbe): TransactionDraft {
  return {
    kind: 'transaction',
    name: probe.name,
    phase: 'expand',
    why: 'Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.',
    sql: [raiseIf(probe)],
    undo: [],
    postCondition: { sentence: 'no row was in the way when the step looked', sql: null },
    locks: [probe.relation, ...(probe.alsoReads ?? [])].map((relation) => ({ relation, mode: 'ACCESS SHARE' })),
  };
}
