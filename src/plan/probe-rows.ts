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

/**
 * Looks for rows that forbid a constraint before anything is changed: a NOT VALID constraint over bad rows would make
 * every UPDATE of such a row fail, also one of another column (23514; measured on 13 to 18).
 */
export function probeRows(probe: RowProbe): TransactionDraft {
  const body = `BEGIN
  IF EXISTS (${probe.violation}) THEN
    RAISE EXCEPTION USING ERRCODE = '${probe.sqlstate}', MESSAGE = ${quoteLiteral(probe.message)};
  END IF;
END`;
  return {
    kind: 'transaction',
    name: probe.name,
    phase: 'expand',
    why: 'Looks whether a row is in the way before anything is changed; reads and writes go on meanwhile.',
    sql: [`DO $evenkeel$\n${body}\n$evenkeel$`],
    undo: [],
    postCondition: { sentence: 'no row was in the way when the step looked', sql: null },
    locks: [probe.relation, ...(probe.alsoReads ?? [])].map((relation) => ({ relation, mode: 'ACCESS SHARE' })),
  };
}
