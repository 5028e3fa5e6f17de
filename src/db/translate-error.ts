import {
  ConnectionError,
  DatabaseError,
  EvenkeelError,
  PrivilegeError,
  ReadOnlyServerError,
  type Recovery,
  ServerUnavailableError,
} from '../model/error.ts';

/** What a driver's error may carry; everything is checked before it is believed. */
interface DriverError {
  readonly code: string | null;
  readonly message: string;
  readonly detail: string | null;
}

function driverError(error: unknown): DriverError {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  // Node joins the failures of a host with several addresses; the first tells enough.
  const nested: unknown = Array.isArray(fields['errors']) ? fields['errors'][0] : undefined;
  if (nested !== undefined && fields['message'] === '') return driverError(nested);
  return {
    code: typeof fields['code'] === 'string' ? fields['code'] : null,
    message: typeof fields['message'] === 'string' ? fields['message'] : String(error),
    detail: typeof fields['detail'] === 'string' ? fields['detail'] : null,
  };
}

const CHECK_URL = 'check host and port in the database URL, then run the same command again';
const AGAIN = 'run the same command again in a moment';

type ConnectFailure = (at: string, cause: unknown) => EvenkeelError;

/** Why a session could not be opened, by SQLSTATE or by Node's error code. */
const CONNECT_FAILURES: Readonly<Record<string, ConnectFailure>> = {
  ECONNREFUSED: (at, cause) =>
    new ConnectionError(`No server answers at ${at}: the connection was refused.`, { cause, nextCommand: CHECK_URL }),
  ENOTFOUND: (at, cause) =>
    new ConnectionError(`The host of ${at} is not known: its name does not resolve.`, {
      cause,
      nextCommand: CHECK_URL,
    }),
  EAI_AGAIN: (at, cause) =>
    new ConnectionError(`The host of ${at} could not be looked up just now.`, { cause, nextCommand: AGAIN }),
  ETIMEDOUT: (at, cause) => new ConnectionError(`No answer from ${at} in time.`, { cause, nextCommand: CHECK_URL }),
  ENOENT: (at, cause) => new ConnectionError(`There is no server socket at ${at}.`, { cause, nextCommand: CHECK_URL }),
  '28P01': (at, cause) =>
    new ConnectionError(`The server at ${at} refused the password.`, {
      cause,
      nextCommand: 'mend user and password in the database URL (or PGPASSWORD), then run the same command again',
    }),
  '28000': (at, cause) =>
    new ConnectionError(`The server at ${at} does not let this user in from here.`, {
      cause,
      nextCommand: 'ask for a role that may log in and a line in pg_hba.conf, then run the same command again',
    }),
  '3D000': (at, cause) =>
    new ConnectionError(`The database of ${at} does not exist on that server.`, {
      cause,
      nextCommand: 'mend the database name in the database URL, then run the same command again',
    }),
  '42501': (at, cause) =>
    new PrivilegeError(`The role may not connect to ${at}.`, {
      cause,
      nextCommand: 'GRANT CONNECT ON DATABASE <database> TO <role>, then run the same command again',
    }),
  '53300': (at, cause) =>
    new ServerUnavailableError(`The server at ${at} has no free connection left; two are needed.`, {
      cause,
      nextCommand: AGAIN,
    }),
  '57P03': (at, cause) =>
    new ServerUnavailableError(`The server at ${at} is starting up or shutting down.`, { cause, nextCommand: AGAIN }),
};

/**
 * What went wrong while a session was opened, as one clear sentence.
 *
 * @param at `host:port/database`, without secrets.
 */
export function translateConnectError(error: unknown, at: string): EvenkeelError {
  if (error instanceof EvenkeelError) return error;
  const { code, message } = driverError(error);
  const known = code === null ? undefined : CONNECT_FAILURES[code];
  if (known !== undefined) return known(at, error);
  // pg 8 says nothing better when the server asks for a password and there is none.
  if (/client password must be a|no password supplied/i.test(message)) {
    return new ConnectionError(`The server at ${at} asks for a password, and none was given.`, {
      cause: error,
      nextCommand: 'give the password in the database URL (or PGPASSWORD), then run the same command again',
    });
  }
  const timedOut = message.includes('timeout expired');
  const reason = timedOut ? 'no answer within ten seconds' : withoutFullStop(message);
  return new ConnectionError(`Could not connect to ${at}: ${reason}.`, { cause: error, nextCommand: CHECK_URL });
}

/** SQLSTATEs after which the session is gone: shutdown, crash, connection failure, idle timeouts. */
const SESSION_GONE = /^(08...|57P0[1-5]|25P0[34])$/;

/**
 * What went wrong while a statement ran. A lost session is a ConnectionError, everything the server itself answered
 * a DatabaseError with its SQLSTATE (read-only and privilege failures have classes of their own).
 *
 * @param at `host:port/database`, without secrets.
 */
export function translateQueryError(error: unknown, at: string): EvenkeelError {
  if (error instanceof EvenkeelError) return error;
  const { code, message, detail } = driverError(error);
  const sqlstate = code !== null && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : null;
  if (sqlstate === null || SESSION_GONE.test(sqlstate)) {
    return new ServerUnavailableError(`The connection to ${at} was lost: ${withoutFullStop(message)}.`, {
      cause: error,
      nextCommand: 'run the same command again; it goes on where it stopped',
    });
  }
  if (sqlstate === '25006') {
    return new ReadOnlyServerError(`The server at ${at} takes no writes: ${withoutFullStop(message)}.`, {
      cause: error,
      nextCommand: 'give the URL of the primary, then run the same command again',
    });
  }
  return new DatabaseError(message, { sqlstate, detail, recovery: recoveryOf(sqlstate) }, error);
}

function recoveryOf(sqlstate: string): Recovery {
  if (/^(55P03|40P01|40001|57014|53...)$/.test(sqlstate)) return 'retry';
  return sqlstate.startsWith('XX') ? 'escalate' : 'fix';
}

function withoutFullStop(message: string): string {
  return message.replace(/[.\s]+$/, '');
}
