import type { Rule } from '../rule.ts';
import { usedLosses } from '../used-losses.ts';
import { list } from '../who-waits.ts';

/** REFRESH ... WITH NO DATA leaves a view that cannot be read. */
export const refreshWithNoData: Rule = {
  id: 'refresh-with-no-data',
  group: 'data-loss',
  severity: 'error',
  about: ['refresh-materialized-view'],
  summary: 'A materialized view in use is emptied, and cannot be read until it is refreshed.',
  remedy: 'Leave WITH NO DATA out; to save the space of a view that nobody reads, drop it.',
  check(input) {
    const { action } = input;
    if (action.kind !== 'refresh-materialized-view' || action.withData) return null;
    const views = usedLosses(input).map((one) => one.relation);
    if (views.length === 0) return null;
    return {
      title: `Empties ${list(views)}, which cannot be read then.`,
      consequence: `Every query that reads ${list(views)} fails with 55000 until somebody refreshes it; the first refresh cannot be CONCURRENTLY.`,
      relations: views,
    };
  },
};
