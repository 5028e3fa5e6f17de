import { blocksWrites } from '../model/lock-mode.ts';
import { type RuleHit, type RuleInput, usedLocks } from './rule.ts';
import { list, whoWaits } from './who-waits.ts';

/** deadlock_timeout as servers have it: from then on they look for deadlocks, and may cancel somebody else. */
export const DEADLOCK_TIMEOUT_MS: number = 1_000;

/** What to say about a statement that has to wait for a strong lock; null when it takes none on a table in use. */
export function whileWaiting(input: RuleInput, title: (tables: string) => string, howLong: string): RuleHit | null {
  const locks = usedLocks(input).filter((lock) => blocksWrites(lock.mode));
  const isNew = locks.some(({ relation }) => {
    const held = input.unit.held.get(relation);
    return held === undefined || !blocksWrites(held.mode);
  });
  if (!isNew || input.facts.failure !== null || input.facts.transaction === 'outside-only') return null;
  const relations = locks.map(({ relation }) => relation);
  return {
    title: title(list(relations)),
    consequence: `While it waits behind one long query, ${whoWaits(locks)} behind it, ${howLong}.`,
    relations,
  };
}
