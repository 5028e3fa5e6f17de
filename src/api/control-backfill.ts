import {
  changeState,
  listBackfills as listRecords,
  listRowsPutAside,
  listTransitions,
  readBackfill,
  retuneBackfill as retuneRecord,
} from '../backfill/backfill-books.ts';
import { backfillBooksExist } from '../backfill/backfill-schema.ts';
import { openControlSession } from '../backfill/backfill-session.ts';
import { runBackfill } from '../backfill/run-backfill.ts';
import { verifyRanges } from '../backfill/verify-backfill.ts';
import type { Connection } from '../db/connection.ts';
import { describeDatabase } from '../db/describe-database.ts';
import { failpointFromEnvironment } from '../guard/failpoint.ts';
import { pauseUntil } from '../guard/supervise.ts';
import type {
  BackfillEvent,
  BackfillOutcome,
  BackfillRecord,
  BackfillSettings,
  BackfillVerification,
} from '../model/backfill.ts';
import type { BackfillReport } from '../model/backfill-report.ts';
import { InterruptedError, UsageError } from '../model/error.ts';
import { explainDenied } from './explain-denied.ts';

/** One backfill of a database. */
export interface BackfillChoice {
  readonly databaseUrl: string;
  readonly id: number;
}

const SHOWN_ROWS = 20;
const WAIT_EVERY_MS = 500;

/** Every backfill that the books of a database know, the newest first. */
export async function listBackfills(options: { readonly databaseUrl: string }): Promise<readonly BackfillRecord[]> {
  return withBooks(options.databaseUrl, listRecords, async () => []);
}

/**
 * How one backfill stands, with the rows it put aside and what was done with it by whom.
 *
 * @param options.wait waits until it is neither running nor paused.
 */
export async function backfillStatus(
  options: BackfillChoice & { readonly wait?: boolean; readonly signal?: AbortSignal },
): Promise<BackfillReport> {
  const { databaseUrl, id, wait = false, signal = new AbortController().signal } = options;
  return withBooks(databaseUrl, async (connection) => {
    for (;;) {
      const backfill = await known(connection, id);
      const isOver = backfill.state !== 'running' && backfill.state !== 'paused';
      if (!wait || isOver || signal.aborted) {
        return {
          kind: 'backfill',
          version: 1,
          database: describeDatabase(databaseUrl),
          backfill,
          rowsPutAside: await listRowsPutAside(connection, id, SHOWN_ROWS),
          transitions: await listTransitions(connection, id),
        };
      }
      await pauseUntil(WAIT_EVERY_MS, signal);
    }
  });
}

/** Whoever works on it waits after the batch at hand. */
export async function pauseBackfill(options: BackfillChoice): Promise<BackfillRecord> {
  return turn(options, 'paused', ['running']);
}

/** Whoever works on it ends after the batch at hand; what is done stays done. */
export async function cancelBackfill(options: BackfillChoice): Promise<BackfillRecord> {
  return turn(options, 'cancelled', ['running', 'paused', 'failed']);
}

async function turn(
  { databaseUrl, id }: BackfillChoice,
  to: BackfillRecord['state'],
  from: readonly BackfillRecord['state'][],
): Promise<BackfillRecord> {
  return withBooks(databaseUrl, async (connection) => {
    const before = await known(connection, id);
    if (before.state !== to && !(await changeState(connection, id, { from, to }))) {
      throw new UsageError(`Backfill ${id} is ${before.state}, and cannot be ${to} any more.`, {
        nextCommand: `evenkeel backfill status ${id}`,
      });
    }
    return known(connection, id);
  });
}

/** Changes settings; whoever works on it takes them over within a second. */
export async function retuneBackfill(
  options: BackfillChoice & { readonly settings: Partial<BackfillSettings> },
): Promise<BackfillRecord> {
  const { databaseUrl, id, settings } = options;
  return withBooks(databaseUrl, async (connection) => {
    await known(connection, id);
    await retuneRecord(connection, id, settings);
    return known(connection, id);
  });
}

/**
 * Lets a backfill go on that was paused, cancelled or failed, and works on it; one that is under way is joined.
 *
 * @throws UsageError when there is no such backfill.
 */
export async function resumeBackfill(
  options: BackfillChoice & {
    readonly settings?: Partial<BackfillSettings>;
    readonly onEvent: (event: BackfillEvent) => void;
    readonly signal: AbortSignal;
  },
): Promise<BackfillOutcome> {
  const { databaseUrl, id, settings, onEvent, signal } = options;
  const backfill = await withBooks(databaseUrl, async (connection) => {
    await known(connection, id);
    await changeState(connection, id, { from: ['paused', 'cancelled', 'failed'], to: 'running' });
    if (settings !== undefined) await retuneRecord(connection, id, settings);
    return known(connection, id);
  });
  return runBackfill({ url: databaseUrl, backfill, joined: true, onEvent, signal });
}

/**
 * Counts the rows that still match the statement, range by range; an interrupted count goes on where it was.
 *
 * @throws UsageError when rows of this statement cannot tell whether they are done; InterruptedError when asked to stop.
 */
export async function verifyBackfill(
  options: BackfillChoice & {
    readonly signal: AbortSignal;
    readonly onRange?: (checked: number, ranges: number, rowsLeft: number) => void;
  },
): Promise<{ readonly backfill: BackfillRecord; readonly verification: BackfillVerification }> {
  const { databaseUrl, id, signal, onRange = () => undefined } = options;
  return withBooks(databaseUrl, async (connection) => {
    const backfill = await known(connection, id);
    const { remaining } = backfill.definition;
    if (remaining === null) {
      throw new UsageError(
        `A row cannot tell whether backfill ${id} has changed it: its new values hang on its old ones, on a clock, on chance or on other tables. That each was changed once is what its cursor says.`,
        { nextCommand: `evenkeel backfill status ${id}` },
      );
    }
    const failpoint = failpointFromEnvironment(process.env);
    const verification = await verifyRanges(connection, backfill, remaining, { signal, failpoint, onRange });
    if (verification === null) {
      throw new InterruptedError('The count was interrupted; what is counted stays.', {
        nextCommand: `evenkeel backfill verify ${id}`,
      });
    }
    return { backfill: await known(connection, id), verification };
  });
}

async function known(connection: Connection, id: number): Promise<BackfillRecord> {
  const backfill = await readBackfill(connection, id);
  if (backfill !== null) return backfill;
  throw new UsageError(`There is no backfill ${id} in this database.`, { nextCommand: 'evenkeel backfill list' });
}

async function withBooks<T>(
  databaseUrl: string,
  work: (connection: Connection) => Promise<T>,
  without: () => Promise<T> = async () => {
    throw new UsageError(`${describeDatabase(databaseUrl)} knows no backfills: none was ever begun there.`, {
      nextCommand: 'evenkeel backfill "UPDATE ..."',
    });
  },
): Promise<T> {
  const connection = await openControlSession(databaseUrl, 'look');
  try {
    if (!(await backfillBooksExist(connection))) return await without();
    return await explainDenied(work(connection));
  } finally {
    await connection.close();
  }
}
