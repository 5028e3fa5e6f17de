import type { Migration } from './migration.ts';

/** What the caller can do about an error: try again, mend something, or call a person who may decide. */
export type Recovery = 'retry' | 'fix' | 'escalate';

/**
 * The base of everything Evenkeel throws on purpose. `message` is one clear sentence; `nextCommand` is what to type.
 * Never carries a connection string or a password.
 */
export abstract class EvenkeelError extends Error {
  abstract readonly code: string;
  abstract readonly recovery: Recovery;
  /** 1 refused, 2 wrong usage or broken input, 3 could not finish safely (resumable). */
  abstract readonly exitCode: 1 | 2 | 3;
  readonly nextCommand: string | null;

  constructor(message: string, options: { readonly cause?: unknown; readonly nextCommand?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.nextCommand = options.nextCommand ?? null;
  }
}

/** SQL that PostgreSQL's own parser refuses. */
export class SqlSyntaxError extends EvenkeelError {
  readonly code = 'sql-syntax';
  readonly recovery = 'fix';
  readonly exitCode = 2;
  readonly path: string;
  readonly line: number;
  readonly column: number;

  constructor(message: string, at: { path: string; line: number; column: number }, cause?: unknown) {
    super(message, {
      cause,
      nextCommand: `open ${at.path}:${at.line}:${at.column}, mend it, and run the same command again`,
    });
    this.path = at.path;
    this.line = at.line;
    this.column = at.column;
  }
}

/** A file or folder that is not there, cannot be read, or does not hold what it should. */
export class SourceError extends EvenkeelError {
  readonly code = 'source';
  readonly recovery = 'fix';
  readonly exitCode = 2;
}

/** A file that is no text that can be read: not UTF-8, or binary. */
export class EncodingError extends EvenkeelError {
  readonly code = 'encoding';
  readonly recovery = 'fix';
  readonly exitCode = 2;
  readonly path: string;
  readonly line: number;
  readonly column: number;

  constructor(
    message: string,
    at: { path: string; line: number; column: number },
    options: { readonly cause?: unknown; readonly nextCommand: string },
  ) {
    super(message, options);
    this.path = at.path;
    this.line = at.line;
    this.column = at.column;
  }
}

/** A migration that is written as code, of which its SQL cannot be told without running it. */
export class MigrationCodeError extends EvenkeelError {
  readonly code = 'migration-code';
  readonly recovery = 'fix';
  readonly exitCode = 2;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** What is known of it all the same, without SQL: it may be applied already. null when not even its name is known. */
  readonly known: Migration | null;
  /** What line and column count in. */
  readonly text: string;

  constructor(
    message: string,
    at: { path: string; line: number; column: number; text: string; known: Migration | null },
    options: { readonly cause?: unknown; readonly nextCommand: string },
  ) {
    super(message, options);
    this.path = at.path;
    this.line = at.line;
    this.column = at.column;
    this.text = at.text;
    this.known = at.known;
  }
}

/** A flag, argument or setting that makes no sense. */
export class UsageError extends EvenkeelError {
  readonly code = 'usage';
  readonly recovery = 'fix';
  readonly exitCode = 2;
}

/** The server cannot be reached or does not let us in. */
export class ConnectionError extends EvenkeelError {
  readonly code = 'connection';
  readonly recovery: Recovery = 'fix';
  readonly exitCode: 2 | 3 = 2;
}

/** The server was there and is not just now, or has no room for us: nothing is wrong with what was asked of it. */
export class ServerUnavailableError extends ConnectionError {
  override readonly recovery = 'retry';
  override readonly exitCode = 3;
}

/** Between us and the server stands a pooler that lets no session be ours alone. */
export class PoolerError extends EvenkeelError {
  readonly code = 'pooler';
  readonly recovery = 'fix';
  readonly exitCode = 2;
}

/** The role lacks a right that the work needs. */
export class PrivilegeError extends EvenkeelError {
  readonly code = 'privilege';
  readonly recovery = 'fix';
  readonly exitCode = 2;
}

/** The server is a standby, or set to read only. */
export class ReadOnlyServerError extends EvenkeelError {
  readonly code = 'read-only-server';
  readonly recovery = 'fix';
  readonly exitCode = 2;
}

/** A plan whose catalog is no longer the server's catalog. */
export class StalePlanError extends EvenkeelError {
  readonly code = 'stale-plan';
  readonly recovery = 'fix';
  readonly exitCode = 1;
}

/** The ledger and the migration files tell different stories: an applied file was edited or is gone. */
export class LedgerMismatchError extends EvenkeelError {
  readonly code = 'ledger-mismatch';
  readonly recovery = 'escalate';
  readonly exitCode = 1;
}

/** Another runner holds the advisory lock of this database. */
export class RunnerBusyError extends EvenkeelError {
  readonly code = 'runner-busy';
  readonly recovery = 'retry';
  readonly exitCode = 3;
}

/** The plan cannot be made safe; `message` says which statement and why. */
export class UnplannableError extends EvenkeelError {
  readonly code = 'unplannable';
  readonly recovery = 'fix';
  readonly exitCode = 1;
}

/** What whoever hears of a failed statement can do in any case. */
const NEXT_COMMANDS: Readonly<Record<Recovery, string>> = {
  retry: 'run the same command again in a moment',
  fix: 'mend the cause, then run the same command again',
  escalate: 'look at the log of the server, then run the same command again',
};

/** A statement failed on the server. `sqlstate` is PostgreSQL's own code. */
export class DatabaseError extends EvenkeelError {
  readonly code = 'database';
  readonly recovery: Recovery;
  readonly exitCode = 3;
  readonly sqlstate: string | null;
  readonly detail: string | null;

  constructor(
    message: string,
    fields: { sqlstate: string | null; detail: string | null; recovery: Recovery },
    cause?: unknown,
  ) {
    super(message, { cause, nextCommand: NEXT_COMMANDS[fields.recovery] });
    this.sqlstate = fields.sqlstate;
    this.detail = fields.detail;
    this.recovery = fields.recovery;
  }
}

/** Somebody asked for an end (Ctrl+C) of what leaves nothing behind. */
export class InterruptedError extends EvenkeelError {
  readonly code = 'interrupted';
  readonly recovery = 'retry';
  readonly exitCode = 3;
}

/** Something that must never be was: a fault of Evenkeel itself. It stops rather than guess. */
export class InvariantError extends EvenkeelError {
  readonly code = 'invariant';
  readonly recovery = 'escalate';
  readonly exitCode = 3;
}
