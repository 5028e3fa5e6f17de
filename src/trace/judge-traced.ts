import type { Action } from '../model/action.ts';
import type { StatementFacts } from '../model/facts.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { TracedStatement } from '../model/traced-statement.ts';
import { asFarAsSeen, type Comparable, PLANNED, withHeldLocks } from './as-far-as-seen.ts';
import { factsDisagreements } from './facts-disagreements.ts';
import { NEEDS_NO_TRANSACTION, type StatementError } from './statement-outcome.ts';
import type { SessionOutcome } from './trace-session.ts';

/** Something that is not on the traced server as the facts take it to be. */
export interface Doubt {
  /** null when all that follows is touched. */
  readonly object: RelationKey | null;
  readonly sentence: string;
  /** Set when the server is right, and the facts lack what it has. */
  readonly settles?: true;
}

export interface JudgedRun {
  readonly sql: string;
  readonly action: Action;
  readonly facts: StatementFacts;
  readonly run: SessionOutcome;
  readonly doubts: readonly Doubt[];
  /** Whether the server has all that the facts know of, and production has. */
  readonly catalogIsComplete: boolean;
}

/** Holds what a server did against the facts that were derived. */
export function judgeTraced(judged: JudgedRun): TracedStatement {
  const { action, facts, run } = judged;
  const compared = asFarAsSeen(action, facts, withHeldLocks(run.outcome, facts, run.heldBefore));
  const disagreements = disagreementsOf(judged, compared);
  const unlike = reasonsNotToCompare(judged);
  const isUnknown = facts.certainty === 'unknown';
  const isWrong = disagreements.length > 0 && unlike.length === 0 && !isUnknown;
  const settled = isUnknown && !isOfTheServer(run.outcome.error) ? 'settled' : 'as-derived';
  const isExcused = unlike.length > 0 && (disagreements.length > 0 || isUnknown);
  const isSettled = isExcused && unlike.every((doubt) => doubt.settles === true);
  const excused = isSettled ? 'settled' : 'not-compared';
  return {
    verdict: isExcused ? excused : isWrong ? 'wrong' : settled,
    error: run.outcome.error,
    transaction: run.outcome.transaction,
    locks: run.outcome.locks
      .filter(({ relationKind }) => !relationKind.endsWith('index'))
      .map(({ relation, mode }) => ({ relation, mode })),
    rewrites: compared.outcome.rewrites,
    scans: compared.outcome.scans,
    indexBuilds: run.outcome.indexBuilds,
    disagreements: isWrong ? disagreements : [],
    notes: [...run.notes, ...(isExcused ? new Set(unlike.map(({ sentence }) => sentence)) : [])],
  };
}

function disagreementsOf({ action, facts, run }: JudgedRun, compared: Comparable): readonly string[] {
  if (action.kind === 'transaction') return [];
  if (run.outcome.error?.sqlstate !== NEEDS_NO_TRANSACTION) {
    return factsDisagreements(compared.facts, compared.outcome, run.isPartitioned);
  }
  // SET TRANSACTION has to come first, which is another matter.
  return facts.transaction === 'outside-only' || action.kind === 'set-variable' ? [] : ['transaction is outside-only'];
}

/** What a server of our own refuses, or does, for reasons that no schema tells. */
const OF_THE_SERVER: readonly (readonly [RegExp, string])[] = [
  [/^42501$/, 'The trace runs without the rights of a superuser.'],
  [/^(58|53|XX)/, 'The traced server lacks what it needs.'],
  [/^57014$/, 'It took longer than the trace waits.'],
  [/^(25|2D|3B)/, 'Its transaction is to blame, of which facts do not speak.'],
  [/^55/, 'The state of the server is to blame, of which facts do not speak.'],
];

/** Objects that a schema does not hold. */
const NOT_OF_THE_SCHEMA =
  /^(collation|language|text search|operator|access method|server|foreign-data wrapper|extension|parameter|unrecognized configuration)/;

function isOfTheServer(error: StatementError | null): boolean {
  return reasonOfTheServer(error) !== null;
}

function reasonOfTheServer(error: StatementError | null): string | null {
  // Statements that no transaction may hold are a matter of facts.
  if (error === null || error.sqlstate === NEEDS_NO_TRANSACTION) return null;
  const known = OF_THE_SERVER.find(([sqlstate]) => sqlstate.test(error.sqlstate));
  if (known !== undefined) return known[1];
  const isUnknown = error.sqlstate === '42704' || error.sqlstate === '0A000';
  return isUnknown && NOT_OF_THE_SCHEMA.test(error.message) ? 'The traced server does not have it.' : null;
}

/** Objects that are not there: a schema that was not given in full may have them. */
const MISSING = /^(42P01|42703|42704|42883|3F000)$/;

function reasonsNotToCompare(judged: JudgedRun): readonly Doubt[] {
  const { action, facts, run } = judged;
  const { error } = run.outcome;
  const reasons = judged.doubts.filter((doubt) => concerns(doubt, judged));
  const add = (sentence: string): void => void reasons.push({ object: null, sentence });
  const ofTheServer = reasonOfTheServer(error);
  if (ofTheServer !== null) add(ofTheServer);
  if (error !== null && MISSING.test(error.sqlstate) && !judged.catalogIsComplete) {
    add('The schema that was given does not hold what it names.');
  }
  // What a block does is known once it ran; what a query reads is not.
  if (
    error === null &&
    facts.certainty === 'unknown' &&
    PLANNED.includes(action.kind) &&
    action.kind !== 'code-block'
  ) {
    add('What it reads is up to the planner, which sees empty tables here.');
  }
  return reasons;
}

function concerns({ object }: Doubt, { sql, facts, run }: JudgedRun): boolean {
  if (object === null) return true;
  const named = [facts.locks, run.outcome.locks].flat().map(({ relation }) => relation);
  if (named.includes(object)) return true;
  const bare = object.slice(object.lastIndexOf('.') + 1).replaceAll('"', '');
  return new RegExp(`(^|[^\\w$])${bare.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')}($|[^\\w$])`, 'i').test(sql);
}
