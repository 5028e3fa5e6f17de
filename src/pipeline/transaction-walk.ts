import type { Action, TransactionControl } from '../model/action.ts';
import type { StatementFacts } from '../model/facts.ts';
import { strongerLockMode } from '../model/lock-mode.ts';
import type { RelationKey } from '../model/relation-name.ts';
import type { SetVariable } from '../model/set-variable.ts';
import type {
  HeldLock,
  RunHistory,
  SessionSettings,
  TransactionScope,
  TransactionUnit,
  UnitStatement,
} from '../model/transaction-unit.ts';
import { durationMs } from './duration-ms.ts';

/** As `SessionSettings`, each of them told. */
interface Timeouts {
  readonly lockTimeoutMs: number | null;
  readonly isLockTimeoutReset: boolean;
  readonly statementTimeoutMs: number | null;
}

const NOTHING_SET: Timeouts = { lockTimeoutMs: null, isLockTimeoutReset: false, statementTimeoutMs: null };
const ALONE: TransactionUnit = { openedBy: null, earlier: [], enums: [], held: new Map() };

/**
 * Follows the statements of migrations as their own tool would send them: which transaction each runs in, what that
 * holds by then, and which timeouts are in force. One walk for one list of files; it goes along with them.
 */
export class TransactionWalk {
  #scope: TransactionScope = 'statement';
  #isImplicit = false;
  #openedBy: TransactionUnit['openedBy'] = null;
  #earlier: UnitStatement[] = [];
  #enums: UnitStatement[] = [];
  #held = new Map<RelationKey, HeldLock>();
  #session = NOTHING_SET;
  #local: Partial<Timeouts> = {};
  /** What ROLLBACK goes back to. */
  #sessionAtBegin = NOTHING_SET;
  #file: UnitStatement[] = [];
  #run: UnitStatement[] = [];
  #units: (readonly UnitStatement[])[] = [];

  /**
   * A file begins. Files of a tool that runs all that is pending in one transaction go on in it.
   *
   * @param isPendingToo whether the file before this one is pending as well.
   * @param isImplicit whether it is the server that opens one, for a message with several statements.
   */
  startFile(scope: TransactionScope, isPendingToo: boolean, isImplicit: boolean = false): void {
    this.#scope = scope;
    this.#isImplicit = isImplicit;
    this.#file = [];
    if (!isPendingToo) this.#run = [];
    if (scope === 'run' && isPendingToo && this.#openedBy === 'tool') return;
    this.#close();
    if (!isPendingToo) this.#units = [];
    // Such tools keep one session for all files; a client that is started for each file does not.
    if (scope !== 'run' || !isPendingToo) this.#session = NOTHING_SET;
    if (scope !== 'statement') this.#open('tool');
  }

  /** The transaction as the next statement finds it. What it says stays true until `pass` is called. */
  unit(): TransactionUnit {
    if (this.#openedBy === null) return ALONE;
    const unit = { openedBy: this.#openedBy, earlier: this.#earlier, enums: this.#enums, held: this.#held };
    return this.#isImplicit && this.#openedBy === 'tool' ? { ...unit, isImplicit: true } : unit;
  }

  session(): SessionSettings {
    const { lockTimeoutMs, statementTimeoutMs, isLockTimeoutReset } = { ...this.#session, ...this.#local };
    return { lockTimeoutMs, statementTimeoutMs, ...(isLockTimeoutReset ? { isLockTimeoutReset } : {}) };
  }

  /** What ran before the next statement. It stays true until `pass` is called. */
  history(): RunHistory {
    return { scope: this.#scope, file: this.#file, run: this.#run, units: this.#units };
  }

  /** The statement has run. */
  pass(action: Action, facts: StatementFacts, place: { readonly path: string; readonly line: number }): void {
    const statement = { action, facts, ...place, session: this.session() };
    this.#file.push(statement);
    this.#run.push(statement);
    if (action.kind === 'transaction') return this.#control(action);
    if (action.kind === 'set-variable') this.#set(action);
    if (action.kind === 'dml') for (const setting of action.settings ?? []) this.#set(setting);
    if (this.#openedBy === null) return;
    this.#earlier.push(statement);
    if (action.kind === 'create-enum' || action.kind === 'alter-enum') this.#enums.push(statement);
    for (const { relation, mode } of facts.locks) {
      const before = this.#held.get(relation);
      if (before === undefined || strongerLockMode(before.mode, mode) !== before.mode) {
        this.#held.set(relation, { mode, by: statement });
      }
    }
  }

  #control({ verb }: TransactionControl): void {
    if (verb === 'begin' && this.#openedBy === null) this.#open('file');
    if (verb === 'begin' && this.#isImplicit) this.#openedBy = 'file';
    if (verb === 'rollback' && this.#openedBy !== null) {
      this.#session = this.#sessionAtBegin;
      this.#earlier = [];
      this.#enums = [];
    }
    if (verb !== 'commit' && verb !== 'rollback' && verb !== 'prepare') return;
    this.#close();
    if (this.#isImplicit) this.#open('tool');
  }

  #open(openedBy: 'file' | 'tool'): void {
    this.#openedBy = openedBy;
    this.#sessionAtBegin = this.#session;
  }

  #close(): void {
    if (this.#earlier.length > 0) this.#units.push(this.#earlier);
    this.#openedBy = null;
    this.#earlier = [];
    this.#enums = [];
    this.#held = new Map();
    this.#local = {};
  }

  #set(variable: SetVariable): void {
    if (variable.name === 'all') {
      this.#session = { ...NOTHING_SET, isLockTimeoutReset: (this.session().lockTimeoutMs ?? 0) > 0 };
      this.#local = {};
    }
    const change = this.#changeBy(variable);
    if (change === null) return;
    if (!variable.local) {
      this.#session = { ...this.#session, ...change };
      this.#local = { ...this.#local, ...change };
    } else if (this.#openedBy !== null) {
      this.#local = { ...this.#local, ...change };
    }
    if (this.#openedBy === null) this.#local = {};
  }

  /** null for a setting that is no timeout. */
  #changeBy({ name, value }: SetVariable): Partial<Timeouts> | null {
    const ms = value === null ? null : durationMs(value);
    if (name === 'statement_timeout') return { statementTimeoutMs: ms };
    if (name !== 'lock_timeout') return null;
    const before = this.session().lockTimeoutMs ?? 0;
    return { lockTimeoutMs: ms, isLockTimeoutReset: value === null && before > 0 };
  }
}
