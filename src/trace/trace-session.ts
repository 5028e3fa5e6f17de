import type { Connection } from '../db/connection.ts';
import type { Action } from '../model/action.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { NO_EFFECTS } from './effects.ts';
import { errorOf } from './error-of.ts';
import { observeOutside } from './observe-outside.ts';
import { type ObservedStatement, observeStatement } from './observe-statement.ts';
import {
  type LockModes,
  namedLocks,
  type RelationStates,
  readLockModes,
  readRelationStates,
  strongestModes,
} from './relation-state.ts';
import { NEEDS_NO_TRANSACTION, type ObservedLock, type StatementOutcome } from './statement-outcome.ts';
import type { TracedServer } from './traced-server.ts';

/** A procedure or DO block that ends a transaction of its own. */
const ENDS_ITS_TRANSACTION = '2D000';

/** More sessions than that do not stand in the way of one statement, each for a table of its own. */
const MOST_OBSTACLES = 60;

const SAVEPOINT = 'evenkeel_trace';

export interface RunStatement {
  readonly sql: string;
  readonly action: Action;
  /** Relations that its facts name: each has a session of its own in the statement's way, where there must be some. */
  readonly relations: readonly RelationKey[];
}

/** What one statement did, and what its transaction held before, each relation in every mode. */
export interface SessionOutcome {
  readonly outcome: StatementOutcome;
  readonly heldBefore: readonly ObservedLock[];
  readonly isPartitioned: (relation: RelationKey) => boolean;
  readonly notes: readonly string[];
}

/**
 * The session that the statements of migrations run in, one after the other, in the transactions that their tool and
 * they themselves open. What goes through stays.
 */
export class TraceSession {
  readonly #server: TracedServer;
  readonly #database: string;
  #connection: Connection;
  #states: RelationStates | null = null;
  /** Who opened the transaction at hand; null between transactions. */
  #openedBy: 'file' | 'tool' | null = null;

  private constructor(server: TracedServer, database: string, connection: Connection) {
    this.#server = server;
    this.#database = database;
    this.#connection = connection;
  }

  static async open(
    server: TracedServer,
    database: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<TraceSession> {
    return new TraceSession(server, database, await server.connect(database, settings));
  }

  get openedBy(): 'file' | 'tool' | null {
    return this.#openedBy;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** The tool opens a transaction. */
  async begin(): Promise<void> {
    await this.#connection.execute('BEGIN');
    this.#openedBy = 'tool';
  }

  /** The tool, or the end of a session, ends the transaction at hand; answers what the server has against it. */
  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<StatementOutcome['error']> {
    const error = await errorOf(this.#connection, how);
    this.#openedBy = null;
    if (error !== null || how === 'ROLLBACK') this.#states = null;
    return error;
  }

  /** Whether a deferred constraint would keep the transaction at hand from committing. */
  async checkDeferred(): Promise<boolean> {
    return (await errorOf(this.#connection, 'SET CONSTRAINTS ALL IMMEDIATE')) !== null;
  }

  async run(statement: RunStatement): Promise<SessionOutcome> {
    if (statement.action.kind === 'transaction') return this.#control(statement.sql, statement.action.verb);
    const isAlone = this.#openedBy === null;
    const states = await this.#before();
    if (isAlone) await this.#connection.execute('BEGIN');
    const heldBefore = isAlone ? new Map() : await readLockModes(this.#connection, this.#connection.pid);
    const notes: string[] = [];
    const observed = await this.#attempt(statement.sql, states, notes);
    const error = observed.error ?? (isAlone ? await errorOf(this.#connection, 'COMMIT') : null);
    if (observed.error !== null && isAlone) await this.#connection.execute('ROLLBACK');
    const needsNone = error?.sqlstate === NEEDS_NO_TRANSACTION || error?.sqlstate === ENDS_ITS_TRANSACTION;
    if (needsNone && isAlone) return this.#runOutside(statement, error.sqlstate, notes);
    this.#states = error === null ? observed.after : null;
    return {
      outcome: {
        transaction: error?.sqlstate === NEEDS_NO_TRANSACTION ? 'outside-only' : 'any',
        error,
        locks: error === null ? namedLocks(states, strongestModes(takenAnew(observed.held, heldBefore))) : [],
        ...(error === null ? observed.effects : NO_EFFECTS),
      },
      heldBefore: everyMode(states, heldBefore),
      isPartitioned: partitionedIn(states),
      notes,
    };
  }

  async #before(): Promise<RelationStates> {
    this.#states ??= await readRelationStates(this.#connection);
    return this.#states;
  }

  /** In a savepoint, so that what went before it stays when it is refused; again when what it lacks can be lent. */
  async #attempt(sql: string, before: RelationStates, notes: string[]): Promise<ObservedStatement> {
    await this.#connection.execute(`SAVEPOINT ${SAVEPOINT}`);
    const observed = await observeStatement(this.#connection, sql, { before, rowsBefore: new Map() });
    if (observed.error === null) {
      await this.#connection.execute(`RELEASE SAVEPOINT ${SAVEPOINT}`);
      return observed;
    }
    await this.#connection.execute(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}; RELEASE SAVEPOINT ${SAVEPOINT}`);
    if (await this.#server.makeByAdmin(this.#connection, this.#database, sql, observed.error)) {
      const held = await readLockModes(this.#connection, this.#connection.pid);
      return { error: null, held, effects: NO_EFFECTS, after: await readRelationStates(this.#connection) };
    }
    const lent = await this.#server.lend(observed.error);
    if (lent === null) return observed;
    notes.push(lent);
    return this.#attempt(sql, before, notes);
  }

  /** Watched from a second session, among sessions that stand in its way; see `observeOutside`. */
  async #runOutside(statement: RunStatement, refusedWith: string, notes: readonly string[]): Promise<SessionOutcome> {
    const states = await this.#before();
    const settings = await this.#settings();
    // What the session has counted arrives when it ends; it must not be taken for the statement's.
    await this.#connection.close();
    const connect = (): Promise<Connection> => this.#server.connect(this.#database);
    const named = new Set(statement.relations.slice(0, MOST_OBSTACLES));
    const { error, locks, effects } = await observeOutside({
      sql: statement.sql,
      runner: await this.#server.connect(this.#database, settings),
      connect,
      connectObserver: () => this.#server.connectAdmin(this.#database),
      standsAlone: ({ key }) => named.has(key),
    });
    this.#connection = await this.#server.connect(this.#database, settings);
    this.#states = null;
    return {
      outcome: {
        transaction: refusedWith === NEEDS_NO_TRANSACTION ? 'outside-only' : 'any',
        error,
        locks,
        ...effects,
      },
      heldBefore: [],
      isPartitioned: partitionedIn(states),
      notes,
    };
  }

  /** What the statements so far have set, so that another session can go on with it. */
  async #settings(): Promise<Readonly<Record<string, string>>> {
    const rows = await this.#connection.query<{ name: string; value: string }>(
      `SELECT name, pg_catalog.current_setting(name) AS value FROM pg_catalog.pg_settings
        WHERE source = 'session' AND context = 'user' AND name !~ '_timeout$'
          AND name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')`,
    );
    return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
  }

  /** BEGIN, COMMIT and their like, which lock nothing. */
  async #control(sql: string, verb: Extract<Action, { kind: 'transaction' }>['verb']): Promise<SessionOutcome> {
    // Locks of a prepared transaction would stand in the way of all that follows.
    const error = await errorOf(this.#connection, verb === 'prepare' ? 'COMMIT' : sql);
    const chains = /\bAND\s+CHAIN\b/i.test(sql);
    if (error !== null && this.#openedBy !== null) {
      await this.#connection.execute('ROLLBACK; BEGIN');
    } else if (verb === 'begin') {
      this.#openedBy ??= 'file';
    } else if (verb === 'commit' || verb === 'rollback' || verb === 'prepare') {
      this.#openedBy = chains ? this.#openedBy : null;
    }
    if (verb !== 'begin' && verb !== 'savepoint') this.#states = null;
    return {
      outcome: { transaction: 'any', error, locks: [], ...NO_EFFECTS },
      heldBefore: [],
      isPartitioned: () => false,
      notes: verb === 'prepare' ? ['The transaction was committed instead: prepared, it would keep its locks.'] : [],
    };
  }
}

/** The modes that came with the statement. */
function takenAnew(held: LockModes, before: LockModes): LockModes {
  const taken = new Map<number, Set<ObservedLock['mode']>>();
  for (const [oid, modes] of held) {
    const known = before.get(oid);
    const fresh = [...modes].filter((mode) => known?.has(mode) !== true);
    if (fresh.length > 0) taken.set(oid, new Set(fresh));
  }
  return taken;
}

function everyMode(states: RelationStates, held: LockModes): readonly ObservedLock[] {
  return [...held].flatMap(([oid, modes]) => {
    const state = states.get(oid);
    return state === undefined
      ? []
      : [...modes].map((mode) => ({ relation: state.key, relationKind: state.kind, mode }));
  });
}

function partitionedIn(states: RelationStates): (relation: RelationKey) => boolean {
  const partitioned = new Set(
    [...states.values()].filter(({ kind }) => kind === 'partitioned-table').map(({ key }) => key),
  );
  return (relation) => partitioned.has(relation);
}
