import {
  changeState,
  createBackfill,
  findBackfill,
  readBackfill,
  retireBackfill,
  retuneBackfill,
} from '../backfill/backfill-books.ts';
import { ensureBackfillBooks } from '../backfill/backfill-schema.ts';
import { openControlSession } from '../backfill/backfill-session.ts';
import { chooseWalk } from '../backfill/choose-walk.ts';
import { estimateChanged, readWalkFacts } from '../backfill/read-walk-facts.ts';
import { runBackfill } from '../backfill/run-backfill.ts';
import { RANGE_ROWS, splitRanges } from '../backfill/split-ranges.ts';
import { readCatalog } from '../catalog/read-catalog.ts';
import type { Connection } from '../db/connection.ts';
import { failpointFromEnvironment } from '../guard/failpoint.ts';
import {
  type BackfillDefinition,
  type BackfillEvent,
  type BackfillOutcome,
  type BackfillRecord,
  type BackfillSettings,
  DEFAULT_BACKFILL_SETTINGS,
} from '../model/backfill.ts';
import { DatabaseError, ReadOnlyServerError, UnplannableError, UsageError } from '../model/error.ts';
import { groupedNumber } from '../model/grouped-number.ts';
import { defineBackfill } from '../pipeline/define-backfill.ts';
import { loadParser } from '../sql/postgres/load-parser.ts';

export interface BackfillOptions {
  readonly databaseUrl: string;
  /** The UPDATE or DELETE to cut. */
  readonly statement: string;
  readonly settings?: Partial<BackfillSettings>;
  /** Begin anew, though the same statement was done before. */
  readonly again?: boolean;
  /** Subscribers of a publication FOR ALL TABLES have the schema evenkeel, too. */
  readonly booksOnSubscribers?: boolean;
  /** About how many rows a worker claims at a time. */
  readonly rangeRows?: number;
  readonly onEvent: (event: BackfillEvent) => void;
  /** Asks for a clean stop: batches under way are finished first. */
  readonly signal: AbortSignal;
}

/**
 * Does an UPDATE or DELETE in small batches that nobody feels: begins it, joins it where it is under way, or takes it up
 * where it stopped. The same statement is one backfill; once finished it is not begun again without `again`.
 *
 * @throws UnplannableError when it cannot be cut safely, with the reason; SqlSyntaxError, UsageError, ConnectionError,
 * PrivilegeError, ReadOnlyServerError when it cannot begin. Once it works, whatever happens is an outcome.
 */
export async function startBackfill(options: BackfillOptions): Promise<BackfillOutcome> {
  await loadParser();
  const { databaseUrl, onEvent, signal } = options;
  const { backfill, joined } = await begun(options);
  return runBackfill({ url: databaseUrl, backfill, joined, onEvent, signal });
}

interface Begun {
  readonly backfill: BackfillRecord;
  readonly joined: boolean;
}

async function begun(options: BackfillOptions): Promise<Begun> {
  const failpoint = failpointFromEnvironment(process.env);
  const connection = await openControlSession(options.databaseUrl, 'start');
  try {
    await assertPrimary(connection);
    const statement = options.statement.trim().replace(/(\s*;)+$/, '');
    const definition = await definitionFor(connection, statement);
    if (options.booksOnSubscribers !== true) await assertBooksUnpublished(connection);
    await ensureBackfillBooks(connection);
    failpoint.pass('after/books');
    for (;;) {
      const known = await findBackfill(connection, statement);
      if (known === null || (options.again === true && known.state !== 'running' && known.state !== 'paused')) {
        if (known !== null) await retireBackfill(connection, known.id);
        const id = await create(connection, { ...options, statement }, definition);
        failpoint.pass('after/create');
        const backfill = id === null ? null : await readBackfill(connection, id);
        if (backfill !== null) return { backfill, joined: false };
        continue;
      }
      return { backfill: await takenUp(connection, known, options), joined: true };
    }
  } finally {
    await connection.close();
  }
}

async function assertPrimary(connection: Connection): Promise<void> {
  const [row] = await connection.query<{ standby: boolean }>('SELECT pg_catalog.pg_is_in_recovery() AS standby');
  if (row?.standby !== true) return;
  throw new ReadOnlyServerError('This server is a standby; a backfill changes rows on the primary.', {
    nextCommand: 'give the URL of the primary, then run the same command again',
  });
}

async function definitionFor(connection: Connection, statement: string): Promise<BackfillDefinition> {
  const cut = defineBackfill(statement, await readCatalog(connection));
  if ('reason' in cut)
    throw new UnplannableError(`It cannot be cut into batches. ${cut.reason}`, { nextCommand: cut.remedy });
  await assertOwnRows(connection, cut.table);
  await assertRowsVisible(connection, cut.table);
  return cut;
}

/** A subscriber that has no such tables stops at their first row, and with it all that it replicates. */
async function assertBooksUnpublished(connection: Connection): Promise<void> {
  const [row] = await connection.query<{ name: string | null }>(
    'SELECT min(pubname::text) AS name FROM pg_catalog.pg_publication WHERE puballtables',
  );
  if (row?.name == null) return;
  throw new UnplannableError(
    `Publication ${row.name} is FOR ALL TABLES, so the books of the backfill (schema evenkeel) would be published, and a subscriber without these tables stops.`,
    {
      nextCommand:
        'make them on every subscriber first (docs/backfill.md, publications), then run the same command with --books-on-subscribers',
    },
  );
}

/** The rows of a foreign table are another server's: no cursor of ours commits with them. */
async function assertOwnRows(connection: Connection, table: string): Promise<void> {
  const [row] = await connection.query<{ name: string | null }>(
    `WITH RECURSIVE rel AS (
       SELECT $1::regclass::oid AS oid
       UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN rel ON i.inhparent = rel.oid)
     SELECT min(c.oid::regclass::text) AS name FROM rel JOIN pg_catalog.pg_class c ON c.oid = rel.oid WHERE c.relkind = 'f'`,
    [table],
  );
  if (row?.name == null) return;
  throw new UnplannableError(
    `It cannot be cut into batches. ${row.name} is a foreign table: its rows are another server's, and no cursor of ours commits with them.`,
    { nextCommand: 'start a backfill on the server that has the rows' },
  );
}

/** Row-level security would leave rows out without a word. */
async function assertRowsVisible(connection: Connection, table: string): Promise<void> {
  const [row] = await connection.query<{ hidden: boolean; role: string }>(
    'SELECT pg_catalog.row_security_active($1::regclass) AS hidden, current_user::text AS role',
    [table],
  );
  if (row?.hidden !== true) return;
  throw new UnplannableError(
    `It cannot be cut into batches. Row-level security hides rows of ${table} from ${row.role}, and what is hidden would stay unchanged without a word.`,
    { nextCommand: `run it as the owner of the table, or ALTER ROLE ${row.role} BYPASSRLS` },
  );
}

async function create(
  connection: Connection,
  options: BackfillOptions,
  definition: BackfillDefinition,
): Promise<number | null> {
  const { statement, rangeRows = RANGE_ROWS } = options;
  const rowsEstimate = await estimated(connection, definition);
  const walk = chooseWalk(await readWalkFacts(connection, definition));
  const ranges = await splitRanges(connection, { definition, walk, pass: 1, rangeRows });
  const settings = { ...DEFAULT_BACKFILL_SETTINGS, ...options.settings };
  return createBackfill(connection, { statement, definition, walk, settings, rowsEstimate, ranges });
}

/** What the server has against the statement itself is wrong use, and nothing has been done. */
async function estimated(connection: Connection, definition: BackfillDefinition): Promise<number | null> {
  try {
    return await estimateChanged(connection, definition);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.recovery === 'retry') throw error;
    throw new UsageError(`The server refuses the statement: ${error.message}.`, {
      cause: error,
      nextCommand: 'mend the statement, and run the same command again',
    });
  }
}

/** What is under way is joined, what stopped goes on, and what is over says so. */
async function takenUp(
  connection: Connection,
  known: BackfillRecord,
  options: BackfillOptions,
): Promise<BackfillRecord> {
  const { id, state } = known;
  if (state === 'cancelled') {
    throw new UsageError(
      `This statement is backfill ${id}, which was cancelled after ${groupedNumber(known.rowsDone)} rows; from the beginning, those would be changed once more.`,
      { nextCommand: `evenkeel backfill resume ${id}, or the same command with --again` },
    );
  }
  if (state === 'failed') await changeState(connection, id, { from: ['failed'], to: 'running' });
  if (options.settings !== undefined && state !== 'finished') await retuneBackfill(connection, id, options.settings);
  return (await readBackfill(connection, id)) ?? known;
}
