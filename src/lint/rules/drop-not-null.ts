import { alterCommandOf } from '../alter-command-of.ts';
import { isValidNotNull } from '../not-null-proof.ts';
import type { Rule } from '../rule.ts';

/** DROP NOT NULL: readers meet a NULL for the first time. */
export const dropNotNull: Rule = {
  id: 'drop-not-null',
  severity: 'info',
  about: ['alter-table'],
  commands: ['drop-not-null'],
  perCommand: true,
  summary: 'A column may hold NULL from now on; code that reads it may not expect one.',
  remedy: 'Deploy readers that know what a NULL means first; then drop NOT NULL, then let writers write NULL.',
  check(input) {
    const found = alterCommandOf(input, 'drop-not-null');
    if (found?.table == null || !isValidNotNull(found.table, found.command.column)) return null;
    if (input.facts.failure !== null) return null;
    return {
      title: `Lets ${found.key}.${found.command.column} be NULL.`,
      consequence: 'Nothing fails now; code that has never met a NULL there may fail as soon as one is written.',
      relations: [found.key],
    };
  },
};
