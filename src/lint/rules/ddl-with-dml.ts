import { newStrongLocks, strongHolds } from '../held-locks.ts';
import { isSmallChange, rowChange } from '../row-changes.ts';
import type { Rule, RuleHit, RuleInput } from '../rule.ts';
import { changesSchema } from '../schema-change.ts';
import { list } from '../who-waits.ts';

/** Rows and schema changed in one transaction: one waits for the other, and both are taken back together. */
export const ddlWithDml: Rule = {
  id: 'ddl-with-dml',
  severity: 'info',
  ownRemedy: true,
  summary: 'One transaction changes the schema and rows of tables in use.',
  remedy: 'Change the schema in one migration and rows in another, so that neither holds up the other.',
  check(input) {
    if (input.facts.failure !== null) return null;
    return rowsAfterSchema(input) ?? schemaAfterRows(input);
  },
};

/** Long changes are a matter of `strong-lock-held`. */
function rowsAfterSchema(input: RuleInput): RuleHit | null {
  const change = rowChange(input);
  const [first, ...others] = strongHolds(input);
  if (change === null || first === undefined || !isSmallChange(input, change.action)) return null;
  return {
    title: `Changes rows of ${list(change.written)} while ${list([first, ...others].map(({ relation }) => relation))} is still closed (line ${first.by.line}).`,
    consequence: 'It is brief when no row is locked by somebody else; if one is, everybody waits as long as this does.',
    relations: change.written,
  };
}

function schemaAfterRows(input: RuleInput): RuleHit | null {
  const { unit, action } = input;
  const closed = newStrongLocks(input).map(({ relation }) => relation);
  if (closed.length === 0 || !changesSchema(action)) return null;
  const rows = unit.earlier.find(
    ({ action: one, facts }) =>
      one.kind === 'dml' && one.writes.length > 0 && facts.locks.some(({ relation }) => input.isUsed(relation)),
  );
  // Said already when an earlier statement closed something.
  if (rows === undefined || strongHolds(input).length > 0) return null;
  return {
    title: `Waits for ${list(closed)} while rows that line ${rows.line} changed are still locked.`,
    consequence: 'Whoever wants one of those rows waits for as long as this waits for its lock; the two can deadlock.',
    relations: closed,
  };
}
