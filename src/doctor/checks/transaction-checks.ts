import { groupedNumber } from '../../model/grouped-number.ts';
import { redactQuery } from '../../run/redact-query.ts';
import { ageWords, countWords, someOf } from '../amount-words.ts';
import { type Check, type Finding, fail, fine, unknown, warn } from '../check.ts';
import { numberSetting, type Subject } from '../subject.ts';

interface PreparedRow {
  readonly gid: string;
  readonly owner: string;
  readonly age: number;
  readonly here: boolean;
}

const prepared: Check = {
  id: 'transactions.prepared',
  why: 'A prepared transaction keeps its locks without a session, over restarts too, until somebody ends it by its name; nothing that conflicts with it gets through.',
  ask: async (subject) => {
    const rows = await subject.connection.query<PreparedRow>(
      `SELECT gid, owner::text, database = current_database() AS here,
         (extract(epoch FROM clock_timestamp() - prepared) * 1000)::float8 AS age
       FROM pg_catalog.pg_prepared_xacts ORDER BY prepared`,
    );
    const room = `max_prepared_transactions is ${numberSetting(subject, 'max_prepared_transactions', 0)}`;
    const here = rows.filter((row) => row.here);
    const [oldest] = here;
    if (oldest === undefined) {
      const elsewhere = rows.length === 0 ? '' : `; ${rows.length} in other databases`;
      return fine(`No prepared transaction in this database (${room})${elsewhere}.`);
    }
    const words = here.map(({ gid, owner, age }) => `${gid} of ${owner}, ${ageWords(age)} old`);
    return warn(
      `${countWords(here.length, 'prepared transaction')} in this database: ${someOf(words)} (${room}).`,
      `ROLLBACK PREPARED '${oldest.gid.replaceAll("'", "''")}'; -- or COMMIT PREPARED; ask who prepared it`,
    );
  },
};

interface SessionRow {
  readonly pid: number;
  readonly usename: string | null;
  readonly name: string | null;
  readonly state: string | null;
  readonly age: number | null;
  readonly query: string | null;
}

const HIDDEN_SQL = `SELECT count(*)::int AS hidden FROM pg_catalog.pg_stat_activity
  WHERE datname = current_database() AND query = '<insufficient privilege>'`;

async function hiddenSessions({ connection }: Subject): Promise<number> {
  const [row] = await connection.query<{ hidden: number }>(HIDDEN_SQL);
  return row?.hidden ?? 0;
}

/** Nobody was found; nobody was hidden either, or it is not known. */
async function nobody(subject: Subject, sentence: string): Promise<Finding> {
  const hidden = subject.seesOthers ? 0 : await hiddenSessions(subject);
  if (hidden === 0) return fine(`${sentence}.`);
  return unknown(
    `${sentence} among those that role ${subject.role} may see; ${countWords(hidden, 'session')} hidden.`,
    `GRANT pg_monitor TO ${subject.role};`,
  );
}

function sessionWords({ pid, usename, name, state, age, query }: SessionRow): string {
  const who = [name, usename].filter((word) => word !== null && word !== '').join(', ');
  const what = redactQuery(query) ?? '';
  return `pid ${pid} (${who}) ${state ?? ''} for ${ageWords(age ?? 0)}${what === '' ? '' : `: ${what}`}`;
}

async function openSessions(subject: Subject, condition: string, olderThanMs: number): Promise<readonly SessionRow[]> {
  return subject.connection.query<SessionRow>(
    `SELECT pid, usename::text, application_name AS name, state, left(query, 1000) AS query,
       (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::float8 AS age
     FROM pg_catalog.pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_catalog.pg_backend_pid() AND leader_pid IS NULL
       AND backend_type NOT IN ('autovacuum worker', 'walsender') AND ${condition}
       AND clock_timestamp() - xact_start > pg_catalog.make_interval(secs => $1::float8 / 1000)
     ORDER BY xact_start`,
    [olderThanMs],
  );
}

const long: Check = {
  id: 'transactions.long',
  why: 'Whoever is long in a transaction keeps what it has locked; a change of that table waits for it, or everybody queues behind the change.',
  ask: async (subject) => {
    const { longTransactionMs } = subject.limits;
    const rows = await openSessions(subject, "state NOT LIKE 'idle in transaction%'", longTransactionMs);
    const [oldest] = rows;
    if (oldest === undefined)
      return nobody(subject, `No statement is at work for longer than ${ageWords(longTransactionMs)}`);
    return warn(
      `${countWords(rows.length, 'session')}: ${someOf(rows.map(sessionWords), 3)}.`,
      `wait for it, or SELECT pg_cancel_backend(${oldest.pid});`,
    );
  },
};

const idle: Check = {
  id: 'transactions.idle',
  why: 'A session that idles in its transaction does no work and keeps its locks, mostly because somebody forgot it; nobody knows when it ends.',
  ask: async (subject) => {
    const { idleInTransactionMs } = subject.limits;
    const rows = await openSessions(subject, "state LIKE 'idle in transaction%'", idleInTransactionMs);
    const [oldest] = rows;
    if (oldest === undefined)
      return nobody(subject, `No session idles in a transaction for longer than ${ageWords(idleInTransactionMs)}`);
    return warn(
      `${countWords(rows.length, 'session')}: ${someOf(rows.map(sessionWords), 3)}.`,
      `end the transaction where it was begun, or SELECT pg_terminate_backend(${oldest.pid});`,
    );
  },
};

interface HorizonRow {
  readonly kind: 'session' | 'slot' | 'prepared' | 'standby';
  readonly name: string;
  readonly xids: number;
  readonly age: number | null;
}

const HORIZON_SQL = `
SELECT 'session' AS kind, pid::text || ' (' || concat_ws(', ', nullif(application_name, ''), usename) || ')' AS name,
  pg_catalog.age(backend_xmin) AS xids, (extract(epoch FROM clock_timestamp() - xact_start) * 1000)::float8 AS age
FROM pg_catalog.pg_stat_activity
WHERE backend_xmin IS NOT NULL AND backend_type <> 'walsender' AND pid <> pg_catalog.pg_backend_pid()
UNION ALL SELECT 'slot', slot_name::text, greatest(pg_catalog.age(xmin), pg_catalog.age(catalog_xmin)), NULL
  FROM pg_catalog.pg_replication_slots WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL
UNION ALL SELECT 'prepared', gid, pg_catalog.age(transaction),
  (extract(epoch FROM clock_timestamp() - prepared) * 1000)::float8 FROM pg_catalog.pg_prepared_xacts
UNION ALL SELECT 'standby', coalesce(nullif(application_name, ''), pid::text), pg_catalog.age(backend_xmin), NULL
  FROM pg_catalog.pg_stat_replication WHERE backend_xmin IS NOT NULL
ORDER BY 3 DESC, 4 DESC NULLS LAST`;

const KINDS: Readonly<Record<HorizonRow['kind'], string>> = {
  session: 'session',
  slot: 'replication slot',
  prepared: 'prepared transaction',
  standby: 'hot_standby_feedback of',
};

const horizon: Check = {
  id: 'transactions.horizon',
  why: 'Vacuum removes nothing that the oldest snapshot may still see: what a backfill leaves behind stays as bloat, and CREATE INDEX CONCURRENTLY waits for snapshots of this database.',
  ask: async (subject) => {
    const rows = await subject.connection.query<HorizonRow>(HORIZON_SQL);
    const [oldest] = rows;
    if (oldest === undefined) return nobody(subject, 'Nobody holds back the horizon of vacuum');
    const words = rows.slice(0, 3).map(({ kind, name, xids, age }) => {
      const since = age === null ? '' : `, open for ${ageWords(age)}`;
      return `${KINDS[kind]} ${name}: ${groupedNumber(xids)} transactions back${since}`;
    });
    const { oldXminXids, longTransactionMs } = subject.limits;
    const isOld = rows.some(({ xids, age }) => xids > oldXminXids || (age ?? 0) > longTransactionMs);
    const measured = `${words.join('; ')}.`;
    if (!isOld) return fine(measured);
    return warn(
      measured,
      horizonCommand(rows.find(({ xids, age }) => xids > oldXminXids || (age ?? 0) > longTransactionMs) ?? oldest),
    );
  },
};

function horizonCommand({ kind, name }: HorizonRow): string {
  const quoted = name.replaceAll("'", "''");
  switch (kind) {
    case 'session':
      return `wait for it to end, or SELECT pg_terminate_backend(${Number.parseInt(name, 10)});`;
    case 'slot':
      return `SELECT pg_drop_replication_slot('${quoted}'); -- only if its reader is gone for good`;
    case 'prepared':
      return `ROLLBACK PREPARED '${quoted}'; -- or COMMIT PREPARED; ask who prepared it`;
    case 'standby':
      return `SELECT pid, state, query FROM pg_stat_activity ORDER BY xact_start; -- on the standby ${name}`;
  }
}

interface WraparoundRow {
  readonly xids: number;
  readonly mxids: number;
  readonly datname: string;
}

const wraparound: Check = {
  id: 'transactions.wraparound',
  why: 'A vacuum against wraparound gives way to nobody, and past two billion transactions the server takes no more writes; a backfill brings that nearer.',
  ask: async ({ connection, limits, settings }) => {
    const [row] = await connection.query<WraparoundRow>(
      `SELECT pg_catalog.age(datfrozenxid) AS xids, pg_catalog.mxid_age(datminmxid) AS mxids, datname::text
       FROM pg_catalog.pg_database ORDER BY greatest(pg_catalog.age(datfrozenxid), pg_catalog.mxid_age(datminmxid)) DESC`,
    );
    const running = await connection.query<{ pid: number; query: string }>(
      `SELECT pid, query FROM pg_catalog.pg_stat_activity
       WHERE backend_type = 'autovacuum worker' AND query LIKE '%to prevent wraparound%' ORDER BY pid`,
    );
    const age = Math.max(row?.xids ?? 0, row?.mxids ?? 0);
    const measured = [
      `The oldest row of database ${row?.datname} is ${groupedNumber(age)} transactions old`,
      ` (autovacuum_freeze_max_age is ${settings.get('autovacuum_freeze_max_age')?.value})`,
      ...(running.length === 0 ? [] : [`; ${running.map(({ pid, query }) => `pid ${pid}: ${query}`).join('; ')}`]),
      '.',
    ].join('');
    const next = 'VACUUM (FREEZE, VERBOSE); -- in that database, at a quiet hour';
    if (age > limits.wraparoundFailXids) return fail(measured, next);
    if (running.length > 0) return warn(measured, 'SELECT * FROM pg_stat_progress_vacuum; -- wait until it is through');
    return age > limits.wraparoundWarnXids ? warn(measured, next) : fine(measured);
  },
};

/** Transactions that hold locks, snapshots, or the whole server up. */
export const transactionChecks: readonly Check[] = [prepared, long, idle, horizon, wraparound];
