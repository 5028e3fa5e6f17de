import type { CancelledBy, Overdraft } from '../guard/supervise.ts';
import type { Alarm } from '../model/alarm.ts';

/** Why a command could not be done, as the server said it. Input of the state machine, so plain data. */
export interface Failure {
  readonly sqlstate: string | null;
  readonly message: string;
  readonly detail: string | null;
  /** Set when we cancelled the statement ourselves. */
  readonly cancelledBy: CancelledBy | null;
  /** Set when it was cancelled for those who stood behind it. */
  readonly overdraft: Overdraft | null;
  /** Set when it was cancelled, or not begun, for a sign of the server. */
  readonly alarm: Alarm | null;
  /** From sending the statement to its failure, ms. */
  readonly elapsedMs: number;
  /** The most sessions seen waiting behind us meanwhile. */
  readonly waiters: number;
}

/**
 * - `lock`: roll back, back off, look again.
 * - `timeout`: a statement timeout, or somebody cancelled us.
 * - `supervisor`, `stop`, `alarm`: we cancelled ourselves, to spare others, because we were told to stop, or because a
 *   sign of the server got bad.
 * - `deadline`: we cancelled ourselves, because it stood behind others for too long; `message` says behind whom.
 * - `fenced`: another runner took over; nothing may be written any more.
 * - `resources`: disk, memory or connections are exhausted.
 * - `read-only`: the server became a standby or was set to read only.
 * - `fault`: a person has to mend something.
 */
export type FailureKind = 'lock' | 'timeout' | CancelledBy | 'fenced' | 'resources' | 'read-only' | 'fault';

/** Raised by evenkeel.require_fence() when the runner's fence token is no longer the current one. */
export const FENCED_SQLSTATE = 'EK001';

/** What the driver answers to COPY ... FROM STDIN; the server counts that as cancelled, but it fails every time. */
const NO_COPY_DATA = /No source stream defined/;

/** What a failure asks for (manual, appendix A: PostgreSQL error codes). */
export function classifyFailure(failure: Failure): FailureKind {
  if (failure.cancelledBy !== null) return failure.cancelledBy;
  switch (failure.sqlstate) {
    case '55P03': // lock_not_available
    case '40P01': // deadlock_detected
    case '40001': // serialization_failure
      return 'lock';
    case '57014': // query_canceled
      return NO_COPY_DATA.test(failure.message) ? 'fault' : 'timeout';
    case '25006': // read_only_sql_transaction
      return 'read-only';
    case FENCED_SQLSTATE:
      return 'fenced';
    default:
      return failure.sqlstate?.startsWith('53') ? 'resources' : 'fault';
  }
}

/** A migration that has begun keeps its plan, so planning anew is no way out; an edited file is planned anew until then. */
const BRING_BACK =
  'Somebody changed the schema meanwhile: bring it back, or mend the file if none of its steps is done, then run the same command again.';
const TAKE_AWAY =
  'Compare it with the migration: rename or drop it, or mend the file if none of its steps is done, then run the same command again.';

const HINTS: Readonly<Record<string, string>> = {
  '23505': 'Remove or merge the duplicate rows, then run the same command again.',
  '23514': 'Mend the rows that break the check, then run the same command again.',
  '23503': 'Mend the rows that point nowhere, then run the same command again.',
  '23502': 'Fill the rows that are NULL, then run the same command again.',
  '57014':
    'COPY FROM STDIN needs data that a migration file cannot give: write INSERT statements instead, then run the same command again.',
  '42501': 'Grant the right to the role, or run as the owner; then run the same command again.',
  '42P01': `A relation of the plan is gone. ${BRING_BACK}`,
  '42703': `A column of the plan is gone. ${BRING_BACK}`,
  '42704': `What the plan works on is gone. ${BRING_BACK}`,
  '42P07': `Something of that name is there already. ${TAKE_AWAY}`,
  '42701': `A column of that name is there already. ${TAKE_AWAY}`,
  '42710': `Something of that name is there already. ${TAKE_AWAY}`,
};

/** What a person does about a failure that we must not retry, in one sentence. */
export function failureHint(sqlstate: string | null): string {
  if (sqlstate === null) return 'Mend the cause, then run the same command again.';
  const known = HINTS[sqlstate];
  if (known !== undefined) return known;
  return sqlstate.startsWith('22') || sqlstate.startsWith('23')
    ? 'Mend the rows that the message names, then run the same command again.'
    : 'Mend the cause, then run the same command again.';
}
