import { deriveFacts } from '../../src/facts/postgres/derive-facts.ts';
import type { Catalog } from '../../src/model/catalog.ts';
import { tableOf } from '../../src/model/catalog-lookup.ts';
import { SqlSyntaxError } from '../../src/model/error.ts';
import type { StatementFacts } from '../../src/model/facts.ts';
import { type LockMode, strongerLockMode } from '../../src/model/lock-mode.ts';
import type { Statement } from '../../src/model/statement.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { factsDisagreements } from '../../src/trace/facts-disagreements.ts';
import type { StatementOutcome } from '../../src/trace/statement-outcome.ts';

/** What is held against each other: a statement, the schema that it met, and what the server did. */
export interface JudgedStatement {
  readonly sql: string;
  readonly catalog: Catalog;
  readonly major: number;
  readonly outcome: StatementOutcome;
  /** Of statements with several faults, the server's SQLSTATE must be foreseen, too. */
  readonly isStrict: boolean;
  /** What statements before it in the same transaction hold already. */
  readonly held?: StatementOutcome['locks'];
}

export interface Judgement {
  readonly disagreements: readonly string[];
  readonly isUnknown: boolean;
  /** null for what the parser refuses. */
  readonly statement: Statement | null;
}

/** Holds the facts derived for a statement against what a server did; whatever is not explained is a disagreement. */
export function judgeStatement(judged: JudgedStatement): Judgement {
  const { sql, catalog, major, outcome } = judged;
  let statement: Statement | undefined;
  try {
    [statement] = parseStatements(sql, 'fuzz');
    if (statement === undefined) return { disagreements: ['nothing was read'], isUnknown: false, statement: null };
    const version = { engine: 'postgresql', major } as const;
    const facts = deriveFacts({ statement, catalog, version, timeZone: 'UTC', catalogIsComplete: true });
    return {
      disagreements: disagreementsOf(judged, facts),
      isUnknown: facts.certainty === 'unknown',
      statement,
    };
  } catch (error) {
    const isForeseen = error instanceof SqlSyntaxError && outcome.error?.sqlstate === '42601';
    const words = error instanceof SqlSyntaxError ? error.message : `threw ${String((error as Error).stack)}`;
    return { disagreements: isForeseen ? [] : [words], isUnknown: false, statement: statement ?? null };
  }
}

function disagreementsOf(judged: JudgedStatement, facts: StatementFacts): readonly string[] {
  const { sql, catalog, outcome, isStrict, held = [] } = judged;
  const { error } = outcome;
  // Rows that are in the way are met sooner or later than what the schema forbids.
  if (error !== null && OF_THE_ROWS.test(error.sqlstate)) return [];
  // What the transaction forbids is no matter of the schema.
  if (error !== null && OF_THE_TRANSACTION.test(error.sqlstate)) return [];
  // Refused for the transaction alone: what else there is to say of it is not known.
  if (outcome.transaction === 'outside-only') {
    return facts.transaction === 'outside-only' ? [] : ['transaction is outside-only'];
  }
  // Of several faults at once the server names the one that it comes to first.
  if (!isStrict && error !== null && facts.failure !== null) return [];
  const isPartitioned = (key: string): boolean => tableOf(catalog, key)?.partitionBy != null;
  return factsDisagreements(withHeld(asFarAsSeen(sql, facts, outcome), held), outcome, isPartitioned);
}

/** Data and constraints that it breaks; not what is wrong with a literal or a parameter of the statement. */
const OF_THE_ROWS = /^(22(?!023|P02)|23)/;

/** Triggers that wait for the end of the transaction (55006), and enum values that nobody may use before it (55P04). */
const OF_THE_TRANSACTION = /^(55006|55P04)$/;

/** A transaction keeps what its earlier statements locked, each relation under the strongest mode. */
function withHeld(facts: StatementFacts, held: StatementOutcome['locks']): StatementFacts {
  if (held.length === 0) return facts;
  const modes = new Map<string, LockMode>(facts.locks.map(({ relation, mode }) => [relation, mode]));
  for (const { relation, relationKind, mode } of held) {
    if (relationKind === 'index' || relationKind === 'partitioned-index') continue;
    const derived = modes.get(relation);
    modes.set(relation, derived === undefined ? mode : strongerLockMode(derived, mode));
  }
  return { ...facts, locks: [...modes].map(([relation, mode]) => ({ relation, mode })) };
}

/** Locks of these are given back before they end where there is nothing to do; a look at the end does not see them. */
const GIVES_BACK = /^(DROP (TRIGGER|POLICY|RULE) IF EXISTS|ANALYZE)/;

/** Whether the other side of a foreign key is read in full or row by row is up to the planner. */
const CHECKS_KEYS = /^ALTER TABLE .*(FOREIGN KEY|REFERENCES|VALIDATE|TYPE|ATTACH|ENFORCED)/;

function withoutOtherSides(facts: StatementFacts, outcome: StatementOutcome): StatementFacts {
  const seen = facts.scans.filter((relation) => outcome.scans.includes(relation));
  // A table that is rewritten is read with it, so that nothing but the other side may be left.
  return seen.length === 0 && facts.rewrites.length === 0 ? facts : { ...facts, scans: seen };
}

/**
 * Facts that list the most that may be: locks of foreign key checks, which the values ask for or not, and locks that are
 * given back. They must cover what was seen, no more.
 */
function asFarAsSeen(sql: string, derived: StatementFacts, outcome: StatementOutcome): StatementFacts {
  const facts = CHECKS_KEYS.test(sql) ? withoutOtherSides(derived, outcome) : derived;
  const isMost = facts.kind === 'dml' && facts.locks.length > 1;
  return isMost || GIVES_BACK.test(sql) ? { ...facts, certainty: 'unknown' } : facts;
}

/** The same words about other relations are one cause, most of the time. */
export function signatureOf(sql: string, disagreement: string): string {
  const words = sql.match(/\b[A-Z]+\b/g) ?? [];
  return `${words.join(' ')} ${disagreement.replace(/[{([].*$/s, '')}`;
}
