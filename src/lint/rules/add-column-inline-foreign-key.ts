import { addedColumn } from '../added-column.ts';
import { blockingLocks } from '../blocking-locks.ts';
import { type Rule, usedLocks } from '../rule.ts';
import { list } from '../who-waits.ts';
import { rewrittenUnderLock, scannedUnderLock } from '../work-under-lock.ts';

/** ADD COLUMN ... REFERENCES without a default: no row is read, but a second table is locked. */
export const addColumnInlineForeignKey: Rule = {
  id: 'add-column-inline-foreign-key',
  group: 'lock-queue',
  severity: 'info',
  about: ['alter-table'],
  commands: ['add-column'],
  perCommand: true,
  summary: 'A new column references another table, which is then locked against writers, too.',
  remedy:
    'Add the column first, then the foreign key in a step of its own, each with a short lock_timeout and retries.',
  check(input) {
    const added = addedColumn(input);
    const hasForeignKey = added?.column.constraints.some(({ kind }) => kind === 'foreign-key') === true;
    if (added === null || !hasForeignKey || input.facts.certainty === 'unknown') return null;
    if (rewrittenUnderLock(input) !== null || scannedUnderLock(input) !== null) return null;
    const others = usedLocks(input).filter(({ relation }) => relation !== added.key);
    const locked = list(others.map(({ mode, relation }) => `${mode} on ${relation}`));
    if (others.length === 0) return null;
    return {
      title: `Adds ${added.column.name} to ${added.key}, and takes ${locked} for its foreign key.`,
      consequence:
        'No row is read, but both tables are held at once: behind one long query on either, writers of both queue up.',
      relations: blockingLocks(input).map(({ relation }) => relation),
    };
  },
};
