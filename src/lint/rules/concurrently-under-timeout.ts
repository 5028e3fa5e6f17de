import type { Action } from '../../model/action.ts';
import type { SessionSettings } from '../../model/transaction-unit.ts';
import { type Rule, usedLocks } from '../rule.ts';

/** A timeout that can end a concurrent build, drop or rebuild halfway. */
export const concurrentlyUnderTimeout: Rule = {
  id: 'concurrently-under-timeout',
  severity: 'warning',
  ownRemedy: true,
  summary: 'A timeout in force can end a CONCURRENTLY halfway and leave an INVALID index behind.',
  remedy: 'SET lock_timeout = 0 and SET statement_timeout = 0 before it, and look at pg_index.indisvalid afterwards.',
  check(input) {
    const { action, facts, session, unit } = input;
    const timeout = timeoutText(session);
    const used = usedLocks(input).map((lock) => lock.relation);
    const isBound = facts.failure !== null || unit.openedBy !== null;
    if (timeout === null || isBound || used.length === 0 || !isConcurrentIndexWork(action)) return null;
    return {
      title: `Works CONCURRENTLY under ${timeout}.`,
      consequence:
        'It waits for every older transaction, and that wait counts: when the time is up, it ends with an error and leaves an INVALID index that every write still pays for.',
      relations: used,
    };
  },
};

function isConcurrentIndexWork(action: Action): boolean {
  if (action.kind === 'drop') return action.object === 'index' && action.concurrently;
  return (action.kind === 'create-index' || action.kind === 'reindex') && action.concurrently;
}

function timeoutText({ lockTimeoutMs, statementTimeoutMs }: SessionSettings): string | null {
  const parts = [
    ...(lockTimeoutMs === null || lockTimeoutMs === 0 ? [] : [`a lock_timeout of ${lockTimeoutMs} ms`]),
    ...(statementTimeoutMs === null || statementTimeoutMs === 0
      ? []
      : [`a statement_timeout of ${statementTimeoutMs} ms`]),
  ];
  return parts.length === 0 ? null : parts.join(' and ');
}
