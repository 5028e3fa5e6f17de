import type { Rule } from '../rule.ts';
import { usedLosses } from '../used-losses.ts';
import { list } from '../who-waits.ts';

/** DROP TABLE of a table in use. */
export const dropTable: Rule = {
  id: 'drop-table',
  group: 'data-loss',
  severity: 'warning',
  about: ['drop'],
  summary: 'A table in use is dropped, and its rows are gone for good.',
  remedy:
    'Deploy code that does not use the table, wait until no older version runs, keep a copy for as long as you may want it back, then drop it.',
  check(input) {
    const { action } = input;
    if (action.kind !== 'drop' || action.object !== 'table') return null;
    const losses = usedLosses(input);
    if (losses.length === 0) return null;
    return {
      title: `Drops ${list(losses.map((one) => one.what))}, with every row.`,
      consequence: 'The rows come back from a backup alone, and code that still names the table fails with 42P01.',
      relations: losses.map((one) => one.relation),
    };
  },
};
