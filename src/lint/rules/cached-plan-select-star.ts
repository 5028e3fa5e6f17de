import { alterCommandsOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** ADD COLUMN: what `SELECT *` answers is not what was prepared. */
export const cachedPlanSelectStar: Rule = {
  id: 'cached-plan-select-star',
  severity: 'info',
  about: ['alter-table'],
  commands: ['add-column'],
  summary: 'A table gets a column: prepared SELECT * statements fail until prepared again.',
  remedy: 'Let code name its columns, or let it reconnect right after the migration.',
  check(input) {
    const columns = alterCommandsOf(input, 'add-column').filter(
      ({ command, table }) => table?.columns.some(({ name }) => name === command.column.name) !== true,
    );
    const [first] = columns;
    const { facts } = input;
    if (first === undefined || facts.failure !== null || facts.certainty === 'unknown') return null;
    return {
      title: `Changes what SELECT * from ${first.key} answers: ${list(columns.map(({ command }) => command.column.name))}.`,
      consequence:
        'A statement that was prepared with SELECT * or RETURNING * fails with 0A000 at each execution until it is prepared again.',
      relations: [first.key],
      remedy: 'Let code name its columns, or let it reconnect right after the migration.',
    };
  },
};
