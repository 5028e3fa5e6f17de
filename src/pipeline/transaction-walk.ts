import type { Action, SetVariable, TransactionControl } from '../model/action.ts';
import type { StatementFacts } from '../model/facts.ts';
import { strongerLockMode } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type {
  HeldLock,
  SessionSettings,
  TransactionScope,
  TransactionUnit,
  UnitStatement,
} from '../model/transaction-unit.ts';
import { durationMs } from './duration-ms.ts';

const NOTHING_SET: SessionSettings = { lockTimeoutMs: null, statementTimeoutMs: null };
const ALONE: TransactionUnit = { openedBy: null, earlier: [], held: new Map() };

/**
 * Follows the statements of migrations as their own tool would send them: which transaction each runs in, what that
 * holds by then, and which timeouts are in force. One walk for one list of files; it goes along with them.
 */
export class TransactionWalk {
  #openedBy: TransactionUnit['openedBy'] = null;
  #earlier: UnitStatement[] = [];
  #held = new Map<RelationKey, HeldLock>();
  #session = NOTHING_SET;
  #local: Partial<SessionSettings> = {};
  /** What ROLLBACK goes back to. */
  #sessionAtBegin = NOTHING_SET;

  /**
   * A file begins. Files of a tool that runs all that is pending in one transaction go on in it.
   *
   * @param isPendingToo whether the file before this one is pending as well.
   */
  startFile(scope: TransactionScope, isPendingToo: boolean): void {
    if (scope === 'run' && isPendingToo && this.#openedBy === 'tool') return;
    this.#close();
    // Such tools keep one session for all files; a client that is started for each file does not.
    if (scope !== 'run' || !isPendingToo) this.#session = NOTHING_SET;
    if (scope !== 'statement') this.#open('tool');
  }

  /** The transaction as the next statement finds it. What it says stays true until `pass` is called. */
  unit(): TransactionUnit {
    if (this.#openedBy === null) return ALONE;
    return { openedBy: this.#openedBy, earlier: this.#earlier, held: this.#held };
  }

  session(): SessionSettings {
    return { ...this.#session, ...this.#local };
  }

  /** The statement has run. */
  pass(action: Action, facts: StatementFacts, place: { readonly path: string; readonly line: number }): void {
    if (action.kind === 'transaction') return this.#control(action);
    if (action.kind === 'set-variable') this.#set(action);
    if (this.#openedBy === null) return;
    const statement = { action, facts, ...place };
    this.#earlier.push(statement);
    for (const { relation, mode } of facts.locks) {
      const before = this.#held.get(relation);
      if (before === undefined || strongerLockMode(before.mode, mode) !== before.mode) {
        this.#held.set(relation, { mode, by: statement });
      }
    }
  }

  #control({ verb }: TransactionControl): void {
    if (verb === 'begin' && this.#openedBy === null) this.#open('file');
    if (verb === 'rollback') this.#session = this.#sessionAtBegin;
    if (verb === 'commit' || verb === 'rollback' || verb === 'prepare') this.#close();
  }

  #open(openedBy: 'file' | 'tool'): void {
    this.#openedBy = openedBy;
    this.#sessionAtBegin = this.#session;
  }

  #close(): void {
    this.#openedBy = null;
    this.#earlier = [];
    this.#held = new Map();
    this.#local = {};
  }

  #set({ name, value, local }: SetVariable): void {
    if (name === 'all') {
      this.#session = NOTHING_SET;
      this.#local = {};
    }
    const setting = SETTINGS[name];
    if (setting === undefined) return;
    const ms = value === null ? null : durationMs(value);
    if (!local) {
      this.#session = { ...this.#session, [setting]: ms };
      this.#local = { ...this.#local, [setting]: ms };
    } else if (this.#openedBy !== null) {
      this.#local = { ...this.#local, [setting]: ms };
    }
    if (this.#openedBy === null) this.#local = {};
  }
}

const SETTINGS: Readonly<Record<string, keyof SessionSettings>> = {
  lock_timeout: 'lockTimeoutMs',
  statement_timeout: 'statementTimeoutMs',
};
