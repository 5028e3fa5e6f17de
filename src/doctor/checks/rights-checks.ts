import { DatabaseError } from '../../model/error.ts';
import { ledgerExists } from '../../run/ledger-schema.ts';
import { countWords, someOf } from '../amount-words.ts';
import { type Check, fail, fine, warn } from '../check.ts';
import { numberSetting, type Subject } from '../subject.ts';

const ledger: Check = {
  id: 'rights.ledger',
  why: 'The ledger, schema evenkeel, lives in the database itself: only there can a change and the memory of it commit together.',
  ask: async (subject) => {
    const { connection, role, database } = subject;
    if (!(await ledgerExists(connection))) {
      const [row] = await connection.query<{ creates: boolean }>(
        "SELECT pg_catalog.has_database_privilege(current_database(), 'CREATE') AS creates",
      );
      return row?.creates === true
        ? fine('There is no ledger yet, and the role may make it.')
        : fail(
            `There is no ledger yet, and role ${role} may not make its schema.`,
            `GRANT CREATE ON DATABASE ${database} TO ${role};`,
          );
    }
    const [row] = await connection.query<{ missing: string | null }>(
      `SELECT min(c.relname::text) AS missing FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'evenkeel' AND c.relkind = 'r'
         AND NOT (pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE')
           AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
           AND pg_catalog.has_table_privilege(c.oid, 'UPDATE'))`,
    );
    return row?.missing == null
      ? fine('The ledger is there, and the role may write it.')
      : fail(
          `Role ${role} may not write the ledger table evenkeel.${row.missing}.`,
          `GRANT USAGE ON SCHEMA evenkeel TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA evenkeel TO ${role};`,
        );
  },
};

const ownership: Check = {
  id: 'rights.ownership',
  why: 'Only the owner of a table, or a member of the owning role, may change it.',
  ask: async ({ connection, role }) => {
    const rows = await connection.query<{ owner: string; tables: number; example: string; total: number }>(
      `SELECT pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(c.relowner)) AS owner, count(*)::int AS tables,
         min(pg_catalog.format('%I.%I', n.nspname, c.relname)) AS example
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'evenkeel')
         AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
       GROUP BY c.relowner ORDER BY count(*) DESC, 1`,
    );
    const [first] = rows;
    if (first === undefined) return fine('The role owns every table, or may act as its owner.');
    const owners = someOf(rows.map((row) => `${row.tables} of ${row.owner} (${row.example})`));
    const count = rows.reduce((sum, row) => sum + row.tables, 0);
    return warn(
      `Role ${role} may not change ${countWords(count, 'table')}: ${owners}.`,
      rows.map(({ owner }) => `GRANT ${owner} TO ${role};`).join(' '),
    );
  },
};

const statistics: Check = {
  id: 'rights.statistics',
  why: 'Who may not see the age of other roles’ transactions has to watch each of them before it can tell an old one from a young one.',
  ask: async ({ connection, seesOthers, role }) => {
    if (seesOthers) return fine('The role sees what sessions of other roles do (pg_read_all_stats).');
    const [row] = await connection.query<{ hidden: number }>(
      `SELECT count(*)::int AS hidden FROM pg_catalog.pg_stat_activity WHERE query = '<insufficient privilege>'`,
    );
    return warn(
      `Role ${role} cannot see what sessions of other roles do; ${countWords(row?.hidden ?? 0, 'session')} hidden right now.`,
      `GRANT pg_monitor TO ${role};`,
    );
  },
};

/** Short enough to be waited for within the budget of a strike. */
const SHORT_DEADLOCK_TIMEOUT_MS = 50;

/** Whether it may be lowered is asked by lowering it, in a transaction that is rolled back at once. */
async function maySetDeadlockTimeout({ bare }: Subject): Promise<boolean> {
  try {
    await bare.execute(`BEGIN READ ONLY; SET LOCAL deadlock_timeout = '20ms'; ROLLBACK`);
    return true;
  } catch (error) {
    await bare.execute('ROLLBACK').catch(() => undefined);
    if (error instanceof DatabaseError && error.sqlstate === '42501') return false;
    throw error;
  }
}

const deadlockTimeout: Check = {
  id: 'rights.deadlock-timeout',
  why: 'A running autovacuum gives way only after deadlock_timeout, one second by default, and nobody should stand in a queue for that long. Who may lower it gets the lock after 20 ms.',
  ask: async (subject) => {
    if (await maySetDeadlockTimeout(subject)) return fine('The role may lower deadlock_timeout; it was tried.');
    const { role, connection } = subject;
    const givenMs = numberSetting(subject, 'deadlock_timeout', 1_000);
    if (givenMs <= SHORT_DEADLOCK_TIMEOUT_MS) {
      return fine(`The role may not lower deadlock_timeout, and need not: it is ${givenMs} ms.`);
    }
    const next =
      connection.serverMajor >= 15
        ? `GRANT SET ON PARAMETER deadlock_timeout TO ${role}; -- as a superuser`
        : `ALTER ROLE ${role} SET deadlock_timeout = '20ms'; -- as a superuser`;
    return warn(
      `Role ${role} may not lower deadlock_timeout, so that it waits until a running autovacuum is through.`,
      next,
    );
  },
};

const signalSessions: Check = {
  id: 'rights.signal-backend',
  why: 'To end a session that is in the way, where a policy or a person decides so, takes this right; the sessions of the role itself may be ended without.',
  ask: async ({ connection, role }) => {
    const [row] = await connection.query<{ may: boolean }>(
      "SELECT pg_catalog.pg_has_role('pg_signal_backend', 'USAGE') AS may",
    );
    return row?.may === true
      ? fine('The role may cancel and end sessions of other roles (pg_signal_backend).')
      : warn(
          `Role ${role} may end sessions of its own only, not those of other roles.`,
          `GRANT pg_signal_backend TO ${role};`,
        );
  },
};

const signalAutovacuum: Check = {
  id: 'rights.signal-autovacuum',
  why: 'An autovacuum that is in the way can be cancelled by who may; deadlock_timeout does the same without.',
  ask: async (subject) => {
    const { connection, role, isSuperuser } = subject;
    if (isSuperuser) return fine('A superuser may cancel an autovacuum.');
    if (connection.serverMajor < 18) {
      return fine('Before version 18 only superusers may cancel an autovacuum, and the role is none.');
    }
    const [row] = await connection.query<{ may: boolean }>(
      "SELECT pg_catalog.pg_has_role('pg_signal_autovacuum_worker', 'USAGE') AS may",
    );
    if (row?.may === true) return fine('The role may cancel an autovacuum (pg_signal_autovacuum_worker).');
    const givesWay = numberSetting(subject, 'deadlock_timeout', 1_000) <= SHORT_DEADLOCK_TIMEOUT_MS;
    if (givesWay || (await maySetDeadlockTimeout(subject))) {
      return fine('The role may not cancel an autovacuum, but a short deadlock_timeout makes it give way by itself.');
    }
    return warn(
      `Role ${role} can neither cancel an autovacuum nor make it give way.`,
      `GRANT pg_signal_autovacuum_worker TO ${role};`,
    );
  },
};

/** What the role lacks, for the work and for seeing who is in the way. */
export const rightsChecks: readonly Check[] = [
  ledger,
  ownership,
  statistics,
  deadlockTimeout,
  signalSessions,
  signalAutovacuum,
];
