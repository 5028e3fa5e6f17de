import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';

/** DROP COLUMN while code may still name the column. */
export const dropColumn: Rule = {
  id: 'drop-column',
  group: 'old-code-breaks',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['drop-column'],
  perCommand: true,
  summary: 'A column goes while code that names it may still run.',
  remedy: 'Deploy code that neither reads nor writes the column, wait until no old process runs, and drop it then.',
  check(input) {
    const found = alterCommandOf(input, 'drop-column');
    const isGone = input.facts.breaks.some(({ kind }) => kind === 'column-gone');
    if (found === null || !isGone || input.facts.failure !== null) return null;
    const what = `${found.key}.${found.command.column}`;
    return {
      title: `Takes ${what} away from code that may still name it.`,
      consequence: `Statements that name ${what} fail with 42703 from the moment it commits; object mappers often name every column, and prepared SELECT * fails with 0A000.`,
      relations: [found.key],
    };
  },
};
