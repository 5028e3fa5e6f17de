import type { Rule } from '../rule.ts';
import { isSameType, typeChangeOf } from '../type-change.ts';

/** ALTER COLUMN TYPE that touches no row, and still fails prepared statements. */
export const cachedPlanWidening: Rule = {
  id: 'cached-plan-widening',
  severity: 'info',
  about: ['alter-table'],
  commands: ['set-type'],
  perCommand: true,
  summary: 'A free change of type: prepared statements that return the column fail until prepared again.',
  remedy:
    'Let the application prepare its statements again right after it, or reconnect; inside a transaction it cannot retry.',
  check(input) {
    const change = typeChangeOf(input);
    const { facts } = input;
    if (change === null || facts.failure !== null || facts.certainty === 'unknown' || facts.rewrites.length > 0)
      return null;
    const { column, command, what } = change;
    const collation = command.collation ?? column.collation;
    if (isSameType(column.type, command.type) && collation === column.collation) return null;
    return {
      title: `Changes what prepared statements answer that return ${what}.`,
      consequence:
        'Each execution fails with 0A000 until the session prepares the statement again; filters on the column and count(*) go on.',
      relations: [change.key],
      remedy:
        'Let the application prepare its statements again right after it, or reconnect; inside a transaction it cannot retry.',
    };
  },
};
