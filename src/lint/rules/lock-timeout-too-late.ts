import { blocksWrites } from '../../model/lock-mode.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** SET lock_timeout behind the statement that it should have guarded. */
export const lockTimeoutTooLate: Rule = {
  id: 'lock-timeout-too-late',
  severity: 'warning',
  about: ['set-variable'],
  summary: 'SET lock_timeout stands behind a statement that it should have guarded.',
  remedy: 'Put SET lock_timeout at the head of the file.',
  check({ action, history, isUsed }) {
    if (action.kind !== 'set-variable' || action.name !== 'lock_timeout') return null;
    if (action.value === null || /^0\D*$/.test(action.value)) return null;
    const isLater = history.file.some(
      (one) => one.action.kind === 'set-variable' && one.action.name === 'lock_timeout',
    );
    const unguarded = history.file.find(
      ({ facts, session }) =>
        session.lockTimeoutMs === null && facts.locks.some((lock) => blocksWrites(lock.mode) && isUsed(lock.relation)),
    );
    if (isLater || unguarded === undefined) return null;
    const locks = unguarded.facts.locks.filter((lock) => blocksWrites(lock.mode) && isUsed(lock.relation));
    return {
      title: `Comes too late for line ${unguarded.line}, which has locked ${list(locks.map((lock) => lock.relation))} by then.`,
      consequence: 'That statement waits for its lock without end, and everybody waits behind it.',
      relations: locks.map((lock) => lock.relation),
    };
  },
};
