import type { Rule } from '../rule.ts';
import { usedLosses } from '../used-losses.ts';
import { list } from '../who-waits.ts';

/** Something is gone for good once the statement commits. */
export const dataLoss: Rule = {
  id: 'data-loss',
  severity: 'warning',
  summary: 'Rows or columns are gone for good once it commits.',
  remedy: 'Make sure that nothing reads it any more, keep a copy for as long as you may want it back, then drop it.',
  check(input) {
    const losses = usedLosses(input);
    if (losses.length === 0) return null;
    return {
      title: `Deletes ${list(losses.map((one) => one.what))}.`,
      consequence: 'There is no way back from it but a backup.',
      relations: losses.map((one) => one.relation),
    };
  },
};
