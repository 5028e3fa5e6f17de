import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** DROP VIEW of a view in use. */
export const dropView: Rule = {
  id: 'drop-view',
  group: 'old-code-breaks',
  severity: 'warning',
  about: ['drop'],
  summary: 'A view is dropped while running code may still read it.',
  remedy:
    'Deploy code that does not read the view first; to change it, CREATE OR REPLACE VIEW keeps it readable all the time.',
  check(input) {
    const { action, facts } = input;
    if (action.kind !== 'drop' || (action.object !== 'view' && action.object !== 'materialized-view')) return null;
    const views = facts.breaks.map((one) => one.what).filter((one) => input.isUsed(one));
    if (views.length === 0) return null;
    return {
      title: `Drops ${list(views)}, which running code may still read.`,
      consequence: `From the commit on, every query that names ${list(views)} fails with 42P01; a view of the same name made afterwards starts without its privileges.`,
      relations: views,
    };
  },
};
