import type { PreflightReason } from '../model/preflight-report.ts';
import { redactQuery } from '../run/redact-query.ts';
import { ageWords, countWords } from './amount-words.ts';
import type { Subject } from './subject.ts';

interface SnapshotRow {
  readonly pid: number;
  readonly user: string | null;
  readonly name: string | null;
  readonly state: string | null;
  readonly age: number;
  readonly query: string | null;
}

/** Vacuum and, from 14 on, other builds of the kind have snapshots that nobody waits for. */
const SNAPSHOTS_SQL = `
SELECT a.pid, a.usename::text AS user, a.application_name AS name, a.state, left(a.query, 1000) AS query,
  (extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::float8 AS age
FROM pg_catalog.pg_stat_activity a
WHERE a.datname = current_database() AND a.backend_xmin IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
  AND a.leader_pid IS NULL AND a.backend_type NOT IN ('autovacuum worker', 'walsender')
  AND clock_timestamp() - a.xact_start > pg_catalog.make_interval(secs => $1::float8 / 1000)
ORDER BY a.xact_start LIMIT 5`;

/** Old snapshots of this database: a concurrent build waits for the end of each, whatever table it is about. */
export async function readOldSnapshots(subject: Subject): Promise<readonly PreflightReason[]> {
  const { connection, limits, seesOthers, role } = subject;
  const rows = await connection.query<SnapshotRow>(SNAPSHOTS_SQL, [limits.longTransactionMs]);
  const reasons = rows.map(reasonOf);
  if (seesOthers) return reasons;
  const [row] = await connection.query<{ hidden: number }>(
    `SELECT count(*)::int AS hidden FROM pg_catalog.pg_stat_activity
     WHERE datname = current_database() AND query = '<insufficient privilege>'`,
  );
  const hidden = row?.hidden ?? 0;
  if (hidden === 0) return reasons;
  const note: PreflightReason = {
    verdict: 'clear',
    sentence: `Whether one of ${countWords(hidden, 'session')} of other roles has an old snapshot, for which a build would wait, is hidden from role ${role}.`,
    blocker: null,
    nextCommand: `GRANT pg_monitor TO ${role};`,
  };
  return [...reasons, note];
}

function reasonOf({ pid, user, name, state, age, query }: SnapshotRow): PreflightReason {
  const who = [name, user].filter((word) => word !== null && word !== '').join(', ');
  const redacted = redactQuery(query);
  const end = state?.startsWith('idle in transaction') === true ? 'pg_terminate_backend' : 'pg_cancel_backend';
  const sql = redacted === null || redacted === '' ? '' : ` (${redacted})`;
  return {
    verdict: 'wait',
    sentence: `pid ${pid} (${who}) has a snapshot that is ${ageWords(age)} old, ${state ?? 'its state is hidden'}${sql}; a concurrent build waits for its end.`,
    blocker: null,
    nextCommand: `wait for it, or SELECT ${end}(${pid});`,
  };
}
