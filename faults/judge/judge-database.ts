import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { connectPostgres } from '../../src/db/postgres.ts';
import { type CatalogLines, lineDifferences, readCatalogLines } from '../../src/prove/catalog-lines.ts';
import { SEEDED_ORDERS } from '../cases/migration-cases.ts';
import { SECRET } from '../servers/fault-server.ts';

/** What a database comes to once everything is applied. */
export interface DatabaseTruth {
  readonly catalog: CatalogLines;
  /** What the migration tool's own ledger holds; empty where there is none. */
  readonly foreignLedger: readonly string[];
}

/** @param url as the superuser. */
export async function readTruth(url: string): Promise<DatabaseTruth> {
  const connection = await connectPostgres(url, { applicationName: 'faults' });
  try {
    const catalog = await readCatalogLines(connection);
    const [there] = await connection.query<{ is: boolean }>(
      "SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS is",
    );
    const rows =
      there?.is === true
        ? await connection.query<{ row: string }>(
            "SELECT hash || ' ' || created_at AS row FROM drizzle.__drizzle_migrations ORDER BY created_at, id",
          )
        : [];
    return { catalog, foreignLedger: rows.map(({ row }) => row) };
  } finally {
    await connection.close();
  }
}

/** Counts of what must be nothing, each under the words that tell it. */
const LEFT_OVER_SQL = `
SELECT (SELECT count(*)::int FROM evenkeel.migration WHERE state <> 'applied') AS "migrations not applied",
  (SELECT count(*)::int FROM evenkeel.step WHERE state NOT IN ('done', 'passed')) AS "steps not done",
  (SELECT count(*)::int FROM pg_index WHERE NOT (indisvalid AND indisready AND indislive)) AS "invalid indexes",
  (SELECT count(*)::int FROM pg_constraint WHERE NOT convalidated) AS "constraints not validated",
  (SELECT count(*)::int FROM pg_trigger WHERE NOT tgisinternal) AS "triggers left",
  (SELECT count(*)::int FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS "functions left",
  (SELECT ${SEEDED_ORDERS} - count(*)::int FROM orders WHERE writer = 0) AS "seeded rows missing",
  (SELECT count(*)::int FROM pg_prepared_xacts WHERE database = current_database()) AS "prepared transactions"`;

const SESSIONS_SQL = `
SELECT (SELECT count(*)::int FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'evenkeel:%') AS sessions,
  (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks`;

const LEDGER_TEXT_SQL = `
SELECT concat((SELECT string_agg(e::text, '') FROM evenkeel.event e), (SELECT string_agg(r::text, '') FROM evenkeel.run r),
  (SELECT string_agg(m::text, '') FROM evenkeel.migration m), (SELECT string_agg(s::text, '') FROM evenkeel.step s)) AS text`;

/** A session that ended needs a moment to go. */
const GONE_WITHIN_MS = 5_000;

/** Whether the database is what an undisturbed run leaves behind, and nothing of the runs is left over. */
export async function judgeDatabase(admin: pg.Client, url: string, truth: DatabaseTruth): Promise<readonly string[]> {
  const now = await readTruth(url);
  const wrong = [...lineDifferences(truth.catalog, now.catalog)];
  if (now.foreignLedger.join() !== truth.foreignLedger.join()) {
    wrong.push(`the tool’s own ledger holds ${now.foreignLedger.join(', ') || 'nothing'}`);
  }
  if (wrong.some((line) => line.includes('orders is missing'))) return wrong;
  const { rows } = await admin.query<Record<string, number>>(LEFT_OVER_SQL);
  for (const [what, count] of Object.entries(rows[0] ?? {})) if (count !== 0) wrong.push(`${count} ${what}`);
  const ledger = await admin.query<{ text: string }>(LEDGER_TEXT_SQL);
  if (ledger.rows[0]?.text.includes(SECRET) !== false) wrong.push('the password stands in the ledger');
  return [...wrong, ...(await judgeSessions(admin))];
}

async function judgeSessions(admin: pg.Client): Promise<readonly string[]> {
  const deadline = performance.now() + GONE_WITHIN_MS;
  for (;;) {
    const { rows } = await admin.query<{ sessions: number; locks: number }>(SESSIONS_SQL);
    const { sessions, locks } = rows[0] ?? { sessions: -1, locks: -1 };
    if (sessions === 0 && locks === 0) return [];
    if (performance.now() > deadline) return [`${sessions} sessions and ${locks} advisory locks are left`];
    await sleep(50);
  }
}
