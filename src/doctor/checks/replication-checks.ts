import { ageWords, bytesWords, countWords, someOf } from '../amount-words.ts';
import { type Check, fail, fine, unknown, warn } from '../check.ts';
import type { Subject } from '../subject.ts';

const walLevel: Check = {
  id: 'replication.wal-level',
  why: 'It says who may read along: with minimal neither standbys nor point-in-time recovery, with logical also subscribers, who do not get changes of the schema.',
  ask: async ({ settings }) => fine(`wal_level is ${settings.get('wal_level')?.value ?? 'not known'}.`),
};

interface StandbyRow {
  readonly name: string;
  readonly state: string | null;
  readonly sync: string | null;
  readonly behind: string | null;
  readonly lag: number | null;
}

async function readStandbys({ connection }: Subject): Promise<readonly StandbyRow[]> {
  return connection.query<StandbyRow>(
    `SELECT coalesce(nullif(application_name, ''), pid::text) AS name, state, sync_state AS sync,
       pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery()
         THEN pg_catalog.pg_last_wal_receive_lsn() ELSE pg_catalog.pg_current_wal_lsn() END, replay_lsn)::float8::text
         AS behind,
       (extract(epoch FROM replay_lag) * 1000)::float8 AS lag
     FROM pg_catalog.pg_stat_replication ORDER BY 1`,
  );
}

const standbys: Check = {
  id: 'replication.standbys',
  why: 'What a backfill writes has to go through every standby; one that lags shows old rows to its readers, and lags more.',
  ask: async (subject) => {
    const rows = await readStandbys(subject);
    if (rows.length === 0) return fine('No standby and no subscriber streams from this server.');
    if (rows.some(({ state }) => state === null)) {
      const what = `${countWords(rows.length, 'receiver')} of WAL, whose lag role ${subject.role} may not see.`;
      return unknown(what, `GRANT pg_monitor TO ${subject.role};`);
    }
    const { lagBytes, lagMs } = subject.limits;
    const words = rows.map(({ name, state, behind, lag }) => {
      const late = lag === null ? '' : ` (${ageWords(lag)})`;
      return `${name} (${state}) is ${bytesWords(Math.max(0, Number(behind ?? 0)))} behind${late}`;
    });
    const late = rows.filter(({ behind, lag }) => Number(behind ?? 0) > lagBytes || (lag ?? 0) > lagMs);
    const measured = `${someOf(words)}.`;
    if (late.length === 0) return fine(measured);
    return warn(measured, 'SELECT application_name, state, replay_lsn, replay_lag FROM pg_stat_replication;');
  },
};

interface SlotRow {
  readonly name: string;
  readonly kind: 'physical' | 'logical';
  readonly active: boolean;
  readonly status: string | null;
  readonly retained: string | null;
  readonly is_here: boolean;
}

async function readSlots({ connection }: Subject): Promise<readonly SlotRow[]> {
  return connection.query<SlotRow>(
    `SELECT slot_name::text AS name, slot_type AS kind, active, wal_status AS status,
       pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
         ELSE pg_catalog.pg_current_wal_lsn() END, restart_lsn)::text AS retained,
       slot_type = 'logical' AND database = current_database() AS is_here
     FROM pg_catalog.pg_replication_slots WHERE NOT temporary ORDER BY slot_name`,
  );
}

const slots: Check = {
  id: 'replication.slots',
  why: 'WAL is kept until every slot has read it: what a backfill writes stays on disk for a slot that nobody reads, until the disk is full.',
  ask: async (subject) => {
    const rows = await readSlots(subject);
    if (rows.length === 0) return fine('There are no replication slots.');
    const words = rows.map(({ name, kind, active, status, retained }) => {
      const kept = retained === null ? 'keeps nothing' : `keeps ${bytesWords(Math.max(0, Number(retained)))} of WAL`;
      return `${name} (${kind}, ${active ? 'active' : 'nobody reads it'}, ${status ?? 'no WAL'}) ${kept}`;
    });
    const measured = `${countWords(rows.length, 'slot')}: ${someOf(words)}.`;
    const idle = rows.filter(({ active, status }) => !active || status === 'unreserved' || status === 'lost');
    const [first] = idle;
    if (first === undefined) return fine(measured);
    const next = `SELECT pg_drop_replication_slot('${first.name.replaceAll("'", "''")}'); -- only if its reader is gone for good`;
    const { retainedFailBytes } = subject.limits;
    const isFull = idle.some(
      ({ status, retained }) => status === 'unreserved' || Number(retained ?? 0) >= retainedFailBytes,
    );
    return isFull ? fail(measured, next) : warn(measured, next);
  },
};

const logical: Check = {
  id: 'replication.logical',
  why: 'Logical replication carries rows, not changes of the schema: a subscriber stops at the first row with a column that it does not have.',
  ask: async (subject) => {
    const here = (await readSlots(subject)).filter(({ is_here }) => is_here);
    if (here.length === 0) return fine('No logical slot reads this database.');
    const names = someOf(here.map(({ name, active }) => `${name}${active ? '' : ' (nobody reads it)'}`));
    return warn(
      `${countWords(here.length, 'logical slot')} of this database: ${names}.`,
      'change the schema of every subscriber first, then this one',
    );
  },
};

/** How many standbys a commit waits for. @example syncCount('ANY 2 (a, b, c)') // 2 */
function syncCount(names: string): number {
  const [, count] = /^\s*(?:FIRST|ANY)?\s*(\d+)\s*\(/i.exec(names) ?? [];
  return count === undefined ? 1 : Number(count);
}

const synchronous: Check = {
  id: 'replication.synchronous',
  why: 'A commit waits for its synchronous standby while it holds its locks, and no timeout ends that wait: with the standby down, the first change of a table would stop the table.',
  ask: async (subject) => {
    const names = subject.settings.get('synchronous_standby_names')?.value ?? '';
    const commit = subject.settings.get('synchronous_commit')?.value ?? 'on';
    if (names === '') return fine('Commits wait for no standby (synchronous_standby_names is empty).');
    if (commit === 'off' || commit === 'local') {
      return fine(`Commits of this role wait for no standby (synchronous_commit is ${commit}).`);
    }
    const rows = await readStandbys(subject);
    const wanted = syncCount(names);
    const there = rows.filter(({ sync, state }) => (sync === 'sync' || sync === 'quorum') && state === 'streaming');
    if (rows.length >= wanted && rows.some(({ state }) => state === null)) {
      return unknown(
        `Commits wait for ${names}, and role ${subject.role} may not see whether it is there.`,
        `GRANT pg_monitor TO ${subject.role};`,
      );
    }
    const measured = `Commits wait for ${countWords(wanted, 'standby')} of ${names}; connected and in step: ${there.length}.`;
    return there.length >= wanted
      ? fine(measured)
      : fail(
          measured,
          'start the standby; or, without its safety: ALTER SYSTEM RESET synchronous_standby_names; SELECT pg_reload_conf();',
        );
  },
};

/** Who reads the WAL of this server, and who has to have read it before a commit is through. */
export const replicationChecks: readonly Check[] = [walLevel, standbys, slots, logical, synchronous];
