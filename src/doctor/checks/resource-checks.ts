import { ageWords, bytesWords, countWords, someOf } from '../amount-words.ts';
import { type Check, type Finding, fail, fine, unknown, warn } from '../check.ts';
import { numberSetting, type Subject } from '../subject.ts';

/** Two sessions of a run, and one to look on. */
const NEEDED_CONNECTIONS = 3;
const SCARCE_SHARE = 0.1;

/** Of other roles' sessions the kind is hidden from a role that may not see it; those of a database are clients, nearly all. */
const IS_CLIENT = "(backend_type = 'client backend' OR (backend_type IS NULL AND datid IS NOT NULL))";

interface ConnectionsRow {
  readonly used: number;
  readonly used_here: number;
  readonly used_by_role: number;
  readonly database_limit: number;
  readonly role_limit: number;
}

const connections: Check = {
  id: 'resources.connections',
  why: 'A run needs two sessions. While a table is locked, requests hold on to theirs: the fewer are free, the sooner nobody gets in, we included.',
  ask: async (subject) => {
    const [row] = await subject.connection.query<ConnectionsRow>(
      `SELECT count(*)::int AS used, (count(*) FILTER (WHERE datname = current_database()))::int AS used_here,
         (count(*) FILTER (WHERE usename = current_user))::int AS used_by_role,
         (SELECT datconnlimit FROM pg_catalog.pg_database WHERE datname = current_database()) AS database_limit,
         (SELECT rolconnlimit FROM pg_catalog.pg_roles WHERE rolname = current_user) AS role_limit
       FROM pg_catalog.pg_stat_activity WHERE ${IS_CLIENT}`,
    );
    return row === undefined
      ? unknown('The server did not say.', null)
      : judgeConnections(subject, row, await pools(subject));
  },
};

async function pools({ connection }: Subject): Promise<string> {
  const rows = await connection.query<{ name: string; count: number }>(
    `SELECT coalesce(nullif(application_name, ''), 'without a name') AS name, count(*)::int AS count
     FROM pg_catalog.pg_stat_activity WHERE ${IS_CLIENT} GROUP BY 1 ORDER BY 2 DESC, 1`,
  );
  return someOf(rows.map(({ name, count }) => `${name} ${count}`));
}

function judgeConnections(subject: Subject, row: ConnectionsRow, byName: string): Finding {
  const max = numberSetting(subject, 'max_connections', 0);
  const reserved = subject.isSuperuser
    ? 0
    : numberSetting(subject, 'superuser_reserved_connections', 0) + numberSetting(subject, 'reserved_connections', 0);
  const ways: readonly (readonly [number, string])[] = [
    [max - reserved - row.used, `${row.used} of ${max} connections are used, ${reserved} are kept from this role`],
    ...(row.database_limit < 0 || subject.isSuperuser
      ? []
      : [[row.database_limit - row.used_here, `the database allows ${row.database_limit}`] as const]),
    ...(row.role_limit < 0 || subject.isSuperuser
      ? []
      : [[row.role_limit - row.used_by_role, `the role may have ${row.role_limit}`] as const]),
  ];
  const free = Math.max(0, Math.min(...ways.map(([left]) => left)));
  const measured = `${countWords(free, 'connection')} free beside ours: ${ways.map(([, words]) => words).join('; ')}. By application: ${byName}.`;
  const next = 'SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC;';
  if (free < NEEDED_CONNECTIONS) return fail(measured, next);
  return free < max * SCARCE_SHARE ? warn(measured, next) : fine(measured);
}

interface SizeRow {
  readonly name: string;
  readonly pages: number;
  readonly index_pages: number;
}

const disk: Check = {
  id: 'resources.disk',
  why: 'A backfill or a new index needs room beside the old; a full disk stops the server for everybody.',
  ask: async ({ connection, settings }) => {
    const [size] = await connection.query<{ bytes: string }>(
      'SELECT pg_catalog.pg_database_size(current_database())::text AS bytes',
    );
    // pg_relation_size() would wait behind an ALTER TABLE; relpages is as old as the last VACUUM or ANALYZE.
    const rows = await connection.query<SizeRow>(
      `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
         c.relpages + coalesce(t.relpages, 0) AS pages,
         coalesce((SELECT sum(x.relpages) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
           WHERE i.indrelid = c.oid), 0)::int AS index_pages
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
       WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'evenkeel')
       ORDER BY 2 DESC, 1 LIMIT 3`,
    );
    const block = Number(settings.get('block_size')?.value ?? 8_192);
    const words = rows.map(({ name, pages, index_pages }) => {
      return `${name} ${bytesWords(pages * block)} (indexes ${bytesWords(index_pages * block)})`;
    });
    const biggest = words.length === 0 ? 'no tables' : `biggest: ${words.join(', ')}`;
    const folder = settings.get('data_directory')?.value ?? '<data_directory>';
    return unknown(
      `The database has ${bytesWords(Number(size?.bytes ?? 0))}; ${biggest}. How much room is left, SQL cannot tell.`,
      `df -h ${folder} # on the server: have the size of the biggest table and its indexes free`,
    );
  },
};

const autovacuum: Check = {
  id: 'resources.autovacuum',
  why: 'Without autovacuum the rows that a backfill leaves behind are never removed, and nobody counts what is there.',
  ask: async ({ connection, settings }) => {
    const off = ['autovacuum', 'track_counts'].filter((name) => settings.get(name)?.value === 'off');
    if (off.length > 0) {
      const reset = off.map((name) => `ALTER SYSTEM SET ${name} = on;`).join(' ');
      return warn(
        `Autovacuum is off for the whole server: ${off.join(' and ')} off.`,
        `${reset} SELECT pg_reload_conf();`,
      );
    }
    const rows = await connection.query<{ name: string }>(
      `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE EXISTS (SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) o
         WHERE o.option_name = 'autovacuum_enabled' AND NOT o.option_value::boolean) ORDER BY 1`,
    );
    const [first] = rows;
    if (first === undefined) return fine('Autovacuum is on, for every table.');
    return warn(
      `Autovacuum is off for ${someOf(rows.map(({ name }) => name))}.`,
      `ALTER TABLE ${first.name} RESET (autovacuum_enabled);`,
    );
  },
};

const statistics: Check = {
  id: 'resources.statistics',
  why: 'Sizes and durations are estimated by the statistics of the server; of a table that was never analyzed nobody knows how big it is.',
  ask: async ({ connection, database }) => {
    const rows = await connection.query<{ name: string; changed: number; rows: number; never: boolean }>(
      `SELECT pg_catalog.format('%I.%I', s.schemaname, s.relname) AS name, s.n_mod_since_analyze::float8 AS changed,
         greatest(s.n_live_tup, 0)::float8 AS rows, coalesce(s.last_analyze, s.last_autoanalyze) IS NULL AS never
       FROM pg_catalog.pg_stat_user_tables s WHERE s.schemaname <> 'evenkeel' AND (s.n_mod_since_analyze > 50 + s.n_live_tup * 0.5
         OR (coalesce(s.last_analyze, s.last_autoanalyze) IS NULL AND greatest(s.n_live_tup, s.n_mod_since_analyze) > 50))
       ORDER BY s.n_mod_since_analyze DESC`,
    );
    const [first] = rows;
    if (first === undefined)
      return fine('Every table of more than 50 rows was analyzed, and has not changed by half since.');
    const words = rows.map(({ name, never }) => `${name}${never ? ' (never)' : ' (changed by half since)'}`);
    return warn(
      `${countWords(rows.length, 'table')} of ${database} not analyzed lately: ${someOf(words)}.`,
      `ANALYZE ${first.name};`,
    );
  },
};

const deadlocks: Check = {
  id: 'resources.deadlocks',
  why: 'Deadlocks that come with a migration are told from those that were there before by this number.',
  ask: async ({ connection }) => {
    const [row] = await connection.query<{ deadlocks: string; age: number | null }>(
      `SELECT deadlocks::text, (extract(epoch FROM clock_timestamp() - stats_reset) * 1000)::float8 AS age
       FROM pg_catalog.pg_stat_database WHERE datname = current_database()`,
    );
    const since = row?.age == null ? 'since the counters began' : `in the last ${ageWords(row.age)}`;
    return fine(`${countWords(Number(row?.deadlocks ?? 0), 'deadlock')} in this database ${since}.`);
  },
};

const activity: Check = {
  id: 'resources.track-activities',
  why: 'With track_activities off the server does not say who does what since when: every transaction is of unknown age.',
  ask: async ({ settings }) =>
    settings.get('track_activities')?.value === 'off'
      ? warn(
          'track_activities is off: the age and the query of sessions are not to be seen.',
          'ALTER SYSTEM SET track_activities = on; SELECT pg_reload_conf();',
        )
      : fine('track_activities is on.'),
};

/** Room, connections and what the server counts. */
export const resourceChecks: readonly Check[] = [connections, disk, autovacuum, statistics, deadlocks, activity];
