import { viewsReading } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const REMEDY = 'CREATE OR REPLACE VIEW with the new column at the end, where the view is to show it.';

/** A view that takes every column of a table does not get the new one. */
export const viewKeepsOldColumns: Rule = {
  id: 'view-keeps-old-columns',
  severity: 'info',
  about: ['alter-table'],
  commands: ['add-column'],
  perCommand: true,
  summary: 'A view that shows every column of a table does not show the new one.',
  remedy: REMEDY,
  check(input) {
    const found = alterCommandOf(input, 'add-column');
    if (found === null || found.table === null || input.facts.failure !== null) return null;
    const columns = found.table.columns.map((one) => one.name);
    if (columns.length < 2) return null;
    const views = viewsReading(input.catalog, found.key)
      .filter((view) =>
        view.reads.some((read) => read.relation === found.key && columns.every((one) => read.columns?.includes(one))),
      )
      .map((view) => relationKey(view.name))
      .filter((view) => input.isUsed(view));
    if (views.length === 0) return null;
    return {
      title: `${list(views)} will not show ${found.command.column.name}, the new column of ${found.key}.`,
      consequence:
        'A view written with * keeps the columns that the table had on that day; nothing fails, the column is just not there.',
      remedy: REMEDY,
      relations: views,
    };
  },
};
