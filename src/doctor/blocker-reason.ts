import type { PreflightReason } from '../model/preflight-report.ts';
import type { Blocker } from '../model/run-event.ts';
import { ageWords } from './amount-words.ts';
import type { Subject } from './subject.ts';

/**
 * What somebody who holds a lock means for a step, and what can be done about him.
 *
 * @param keeps `lock`: from the step's own lock; `build`: the build waits for him once it has begun.
 */
export function blockerReason(subject: Subject, blocker: Blocker, keeps: 'lock' | 'build'): PreflightReason {
  const { relation, mode, ageMs, state } = blocker;
  const age = ageMs === null ? 'for how long is hidden from this role' : `open for ${ageWords(ageMs)}`;
  const does = state === null ? '' : `, ${state}`;
  const consequence = keeps === 'lock' ? '' : '; a build would wait for its end';
  return {
    verdict: 'wait',
    sentence: `${nameOf(blocker)} holds ${mode} on ${relation}${does}, ${age}${consequence}.`,
    blocker,
    nextCommand: commandFor(subject, blocker),
  };
}

function nameOf({ pid, applicationName, user, isAutovacuum }: Blocker): string {
  if (pid === null) return `A transaction ${applicationName ?? 'without a session'}`;
  if (isAutovacuum) return `Autovacuum, pid ${pid},`;
  const who = [applicationName, user].filter((word) => word !== null && word !== '').join(', ');
  return who === '' ? `pid ${pid}` : `pid ${pid} (${who})`;
}

function commandFor(
  { role, connection }: Subject,
  { pid, applicationName, state, isAutovacuum, query, class: kind }: Blocker,
): string {
  if (pid === null) {
    const gid = (applicationName ?? '').replace(/^prepared as /, '').replaceAll("'", "''");
    return `ROLLBACK PREPARED '${gid}'; -- or COMMIT PREPARED; ask who prepared it`;
  }
  if (isAutovacuum && (query ?? '').includes('to prevent wraparound')) {
    return 'wait until it is through: SELECT * FROM pg_stat_progress_vacuum;';
  }
  if (kind === 'wraparound-vacuum') {
    return `GRANT pg_read_all_stats TO ${role}; -- then it is seen whether it would give way; or wait for it`;
  }
  if (isAutovacuum) {
    return connection.serverMajor >= 15
      ? `GRANT SET ON PARAMETER deadlock_timeout TO ${role}; -- then it gives way; or wait for it`
      : 'wait until it is through: SELECT * FROM pg_stat_progress_vacuum;';
  }
  return state?.startsWith('idle in transaction') === true
    ? `end its transaction where it was begun, or SELECT pg_terminate_backend(${pid});`
    : `wait for it, or SELECT pg_cancel_backend(${pid});`;
}
