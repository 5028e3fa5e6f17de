import type { StatementFacts } from '../model/facts.ts';
import { compareLockModes } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { StatementOutcome } from './statement-outcome.ts';

/** Classes of SQLSTATE that hang on the rows: data exceptions and violated constraints. */
const OF_THE_ROWS = ['22', '23'];

/**
 * Where derived facts disagree with what a server did; nothing when they agree.
 *
 * - It went through: no failure may be claimed, and everything must be equal. Where the facts say `unknown`, their locks
 *   must still cover what was taken.
 * - It was refused: a failure that is claimed must be the one that happened, and one that does not hang on the rows must
 *   be claimed, unless the facts say `unknown`.
 * - A session looks at the bounds above a partition once, so a lock for that (ACCESS SHARE on a partitioned table) is seen
 *   or not.
 */
export function factsDisagreements(
  facts: StatementFacts,
  outcome: StatementOutcome,
  isPartitioned: (relation: RelationKey) => boolean,
): readonly string[] {
  const claimed = facts.failure?.sqlstate ?? null;
  if (outcome.error !== null) return failureDisagreements(facts, claimed, outcome.error);
  if (claimed !== null) return [`claims ${claimed} (${facts.failure?.reason}), but it went through`];
  const differences = facts.transaction === outcome.transaction ? [] : [`transaction is ${outcome.transaction}`];
  if (facts.certainty === 'unknown') return [...differences, ...weakerLocks(facts, outcome)];
  const locks = Object.fromEntries(tableLocks(outcome).map(({ relation, mode }) => [relation, mode]));
  const wasThere = new Set(Object.keys(locks));
  const expected = facts.locks.filter(
    ({ relation, mode }) => wasThere.has(relation) || mode !== 'ACCESS SHARE' || !isPartitioned(relation),
  );
  return [
    ...differences,
    ...difference('locks', locks, Object.fromEntries(expected.map(({ relation, mode }) => [relation, mode]))),
    ...(['rewrites', 'scans', 'indexBuilds'] as const).flatMap((property) =>
      difference(property, [...outcome[property]].sort(), facts[property]),
    ),
  ];
}

function failureDisagreements(
  facts: StatementFacts,
  claimed: string | null,
  error: NonNullable<StatementOutcome['error']>,
): readonly string[] {
  if (claimed === error.sqlstate) return [];
  if (claimed !== null)
    return [`claims ${claimed} (${facts.failure?.reason}), but ${error.sqlstate}: ${error.message}`];
  const hangsOnRows = OF_THE_ROWS.includes(error.sqlstate.slice(0, 2));
  return hangsOnRows || facts.certainty === 'unknown' ? [] : [`does not foresee ${error.sqlstate}: ${error.message}`];
}

/** Locks on indexes are left out: they keep nobody from a table. */
function tableLocks(outcome: StatementOutcome): StatementOutcome['locks'] {
  return outcome.locks.filter((lock) => lock.relationKind !== 'index' && lock.relationKind !== 'partitioned-index');
}

function weakerLocks(facts: StatementFacts, outcome: StatementOutcome): readonly string[] {
  return tableLocks(outcome).flatMap(({ relation, mode }) => {
    const derived = facts.locks.find((lock) => lock.relation === relation)?.mode;
    if (derived !== undefined && compareLockModes(derived, mode) >= 0) return [];
    return [`unknown, but ${relation} is under ${mode}, not ${derived ?? 'no lock'}`];
  });
}

function difference(name: string, measured: unknown, derived: unknown): readonly string[] {
  const [left, right] = [stable(measured), stable(derived)];
  return left === right ? [] : [`${name}: measured ${left}, derived ${right}`];
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))));
}
