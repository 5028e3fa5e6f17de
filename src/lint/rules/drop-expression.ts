import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';

/** ALTER COLUMN DROP EXPRESSION: the column stays, and is computed no more. */
export const dropExpression: Rule = {
  id: 'drop-expression',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['drop-expression'],
  perCommand: true,
  summary: 'A generated column becomes a plain one: nobody computes it for new rows any more.',
  remedy: 'Have a trigger or the application write the column before its expression goes.',
  check(input) {
    const found = alterCommandOf(input, 'drop-expression');
    const column = found?.table?.columns.find(({ name }) => name === found.command.column);
    if (found?.table == null || column === undefined || column.generated === null) return null;
    const hasTrigger = found.table.triggers.some(({ events }) => events?.includes('insert') !== false);
    if (input.facts.failure !== null || hasTrigger) return null;
    return {
      title: `Stops computing ${found.key}.${column.name}.`,
      consequence: `Old values stay; rows that are written from now on hold NULL there, and changed rows their old value, unless code writes it.`,
      relations: [found.key],
    };
  },
};
