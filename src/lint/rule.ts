import type { Action, ActionKind } from '../model/action.ts';
import type { AlterCommandKind } from '../model/alter-command.ts';
import type { Catalog } from '../model/catalog.ts';
import type { RelationLock, StatementFacts } from '../model/facts.ts';
import type { Severity } from '../model/finding.ts';
import { groupedNumber } from '../model/grouped-number.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { ServerVersion } from '../model/server-version.ts';
import type { RunHistory, SessionSettings, TransactionUnit } from '../model/transaction-unit.ts';
import { askedOnce } from './asked-once.ts';

/** What a rule may look at: what a statement does and what that means, in our words. Never SQL, never the parser's tree. */
export interface RuleInput {
  readonly action: Action;
  readonly facts: StatementFacts;
  /** The schema before the statement. */
  readonly catalog: Catalog;
  readonly version: ServerVersion;
  /** Relations that existed before this migration file: somebody may be using them. */
  isUsed(relation: RelationKey): boolean;
  /** Row estimate, null when nobody measured. */
  rowsOf(relation: RelationKey): number | null;
  /** The transaction that it runs in under the tool that owns the file, and what that did before. */
  readonly unit: TransactionUnit;
  /** Timeouts in force. */
  readonly session: SessionSettings;
  /** What ran before, in this file and in those that are pending with it. */
  readonly history: RunHistory;
  /** What runs after it: the rest of its file, and the files after that; of certain kinds alone where some are named. */
  later(...kinds: readonly ActionKind[]): Iterable<Action>;
  /** The same, of one kind, on tables of the same name; whether it is this table is for the rule to see. */
  laterOn(table: RelationKey, kind: 'alter-table' | 'create-index'): Iterable<Action>;
  /** The values of the string literals that the statement holds. */
  literals(): readonly string[];
}

export interface RuleHit {
  /** One sentence: what happens. */
  readonly title: string;
  /** Who is held up, for how long. */
  readonly consequence: string;
  /** The relations that it is about: what a setting for one table looks at. Empty when it is about none in particular. */
  readonly relations: readonly RelationKey[];
  /** Instead of the rule's own remedy, where the hit knows better. */
  readonly remedy?: string;
  /** Facts to reckon times with instead of the statement's own: those together with locks that were held before. */
  readonly weighed?: StatementFacts;
  /** Instead of the rule's own severity, where the hit knows better. */
  readonly severity?: Severity;
}

/** Opinions about taste; nobody hears them who did not ask. */
export const STYLE = 'style';

/** An opinion about facts. One file a rule; its examples and its page lie in `rules/<id>/`. */
export interface Rule {
  readonly id: string;
  /**
   * The rule that says the same in more general words: it is silent where this one speaks about the same relations, and
   * what a user says about it holds for this one, too. Rules of taste have `style`.
   */
  readonly group?: string;
  /** More rules that are silent where this one speaks about the same relations. */
  readonly alsoSays?: readonly string[];
  readonly severity: Severity;
  /** The statements that it can be about at all; missing for one that looks at every statement. */
  readonly about?: readonly ActionKind[];
  /** Of an ALTER TABLE, the commands that it can be about; missing for one that looks at every command. */
  readonly commands?: readonly AlterCommandKind[];
  /** What it means, in one line. */
  readonly summary: string;
  /** What to do when the planner knows no safe way of its own. */
  readonly remedy: string;
  /** Set when the planner's way does not answer it, as it is not about how the statement works but what it is meant for. */
  readonly ownRemedy?: true;
  /** Set when it is about work that takes the longer the bigger the table is; sizes then say how grave it is. */
  readonly growsWithTable?: true;
  /** Set when each command of an ALTER TABLE is to be looked at alone. */
  readonly perCommand?: true;
  check(input: RuleInput): RuleHit | null;
}

/** Locks on relations that somebody may be using. */
export const usedLocks: (input: RuleInput) => readonly RelationLock[] = askedOnce((input) =>
  input.facts.locks.filter((lock) => input.isUsed(lock.relation)),
);

/** `public.orders (about 82,000,000 rows)` */
export function nameWithSize(input: RuleInput, relation: RelationKey): string {
  const rows = input.rowsOf(relation);
  return rows === null ? relation : `${relation} (about ${groupedNumber(rows)} rows)`;
}
