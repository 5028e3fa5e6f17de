import { LEDGER_VERSION, ledgerExists } from '../../run/ledger-schema.ts';
import { findRunner } from '../../run/runner-lock.ts';
import { WORKER_NAME_PREFIX } from '../../run/terminate-orphans.ts';
import { ageWords, countWords, someOf } from '../amount-words.ts';
import { type Check, fail, fine, warn } from '../check.ts';

/** How migration tools, and those that lock like one, name their sessions. */
const TOOL_NAMES =
  '(prisma|flyway|liquibase|knex|typeorm|drizzle|sequelize|alembic|django|rails|node-pg-migrate|golang-migrate|dbmate|goose|atlas|sqitch|graphile-migrate|pgroll|pg_repack|pg_squeeze|pg-osc|pg_dump|pg_restore|gh-ost)';

const otherTools: Check = {
  id: 'runs.other-tools',
  why: 'Two tools that change one schema at a time wait for each other, and neither plans for what the other does.',
  ask: async ({ connection }) => {
    const sessions = await connection.query<{ pid: number; name: string }>(
      `SELECT pid, application_name AS name FROM pg_catalog.pg_stat_activity
       WHERE datname = current_database() AND application_name ~* $1 ORDER BY pid`,
      [TOOL_NAMES],
    );
    const locks = await connection.query<{ pid: number; name: string; key: string }>(
      `SELECT l.pid, coalesce(nullif(a.application_name, ''), 'without a name') AS name,
         CASE WHEN l.objsubid = 1 THEN ((l.classid::bigint << 32) | l.objid::bigint)::text
           ELSE l.classid::text || ', ' || l.objid::text END AS key
       FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.granted AND l.pid IS NOT NULL
         AND coalesce(a.application_name, '') NOT LIKE 'evenkeel:%'
         AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
       ORDER BY l.pid`,
    );
    const held = locks.map(({ pid, name, key }) => `pid ${pid} (${name}) holds the advisory lock ${key}`);
    const [first] = sessions;
    if (first === undefined) {
      const also = held.length === 0 ? '' : `; ${someOf(held)}`;
      return fine(`No session of another migration tool is to be seen by its name${also}.`);
    }
    const words = sessions.map(({ pid, name }) => `pid ${pid} (${name})`);
    return warn(
      `${countWords(sessions.length, 'session')} of other tools: ${someOf([...words, ...held])}.`,
      `let it finish: SELECT state, query FROM pg_stat_activity WHERE pid = ${first.pid};`,
    );
  },
};

const ledgerVersion: Check = {
  id: 'runs.ledger',
  why: 'The ledger says what was applied. An older Evenkeel must not write the ledger of a newer one.',
  ask: async ({ connection }) => {
    if (!(await ledgerExists(connection))) return fine('There is no ledger: Evenkeel never applied anything here.');
    const [row] = await connection.query<{ version: number | null }>(
      'SELECT max(version) AS version FROM evenkeel.ledger',
    );
    const version = row?.version ?? 0;
    if (version > LEDGER_VERSION || version < 1) {
      return fail(
        `The ledger has version ${version}; this Evenkeel writes version ${LEDGER_VERSION}.`,
        'npm install evenkeel@latest',
      );
    }
    if (version < LEDGER_VERSION) {
      return warn(
        `The ledger has version ${version}, of an older Evenkeel; the next run brings it to ${LEDGER_VERSION}, and from then on the older one refuses it.`,
        'npm install evenkeel@latest wherever else migrations are applied from, then evenkeel apply <folder>',
      );
    }
    const states = await connection.query<{ state: string; count: number }>(
      'SELECT state, count(*)::int AS count FROM evenkeel.migration GROUP BY state ORDER BY state',
    );
    const words = states.map(({ state, count }) => `${count} ${state}`).join(', ');
    const measured = `The ledger has version ${version}; migrations: ${words || 'none'}.`;
    return states.some(({ state }) => state === 'failed') ? warn(measured, 'evenkeel status <folder>') : fine(measured);
  },
};

const runner: Check = {
  id: 'runs.runner',
  why: 'One runner at a time changes a database; another waits for it, ten seconds by default.',
  ask: async ({ connection }) => {
    const holder = await findRunner(connection);
    if (holder === null) return fine('No run is under way.');
    const age = holder.ageMs === null ? '' : `, connected for ${ageWords(holder.ageMs)}`;
    return warn(
      `A run is under way: pid ${holder.pid} (${holder.applicationName ?? 'its name is hidden'}${age}).`,
      'evenkeel status <folder>',
    );
  },
};

const orphans: Check = {
  id: 'runs.orphans',
  why: 'The server goes on with a statement after its runner was killed. The next run ends such a session first, for which it needs the right, or takes over the index build that it is at.',
  ask: async ({ connection, role }) => {
    if ((await findRunner(connection)) !== null) return fine('A run is under way, and its worker is its own.');
    const rows = await connection.query<{ pid: number; age: number | null; owner: string; may: boolean }>(
      `SELECT a.pid, (extract(epoch FROM clock_timestamp() - a.backend_start) * 1000)::float8 AS age,
         pg_catalog.quote_ident(a.usename) AS owner,
         pg_catalog.pg_has_role(a.usesysid, 'USAGE') OR (pg_catalog.pg_has_role('pg_signal_backend', 'USAGE')
           AND NOT (SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = a.usesysid)) AS may
       FROM pg_catalog.pg_stat_activity a WHERE a.datname = current_database() AND a.application_name LIKE $1
       ORDER BY a.pid`,
      [`${WORKER_NAME_PREFIX}%`],
    );
    const [first] = rows;
    if (first === undefined) return fine('No worker of a dead run is left.');
    const words = rows.map(
      ({ pid, owner, age }) => `pid ${pid} of ${owner}${age === null ? '' : `, ${ageWords(age)}`}`,
    );
    const measured = `${countWords(rows.length, 'worker')} of dead runs: ${someOf(words)}.`;
    const next = `SELECT pg_terminate_backend(${first.pid});`;
    return rows.every(({ may }) => may)
      ? warn(`${measured} The next run ends them, or takes over a build that it wants itself.`, next)
      : fail(`${measured} Role ${role} may not end them.`, `${next} -- as its owner`);
  },
};

/** Who else changes this database: other tools, other runs, and what they left behind. */
export const runChecks: readonly Check[] = [otherTools, ledgerVersion, runner, orphans];
