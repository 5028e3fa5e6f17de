import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';

/** OWNER TO a role that is named. */
export const ownerChange: Rule = {
  id: 'owner-change',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['change-owner'],
  perCommand: true,
  summary: 'A table in use gets another owner: the old one loses its rights at once.',
  remedy: 'Grant the old owner what running code needs in the same transaction, or make it a member of the new owner.',
  check(input) {
    const found = alterCommandOf(input, 'change-owner');
    const target = found?.command.target ?? null;
    if (found === null || target === null || target.startsWith('ROLESPEC_')) return null;
    return {
      title: `Gives ${found.key} to ${target}.`,
      consequence: `What the old owner was allowed as the owner, the new one is: code that connects as the old owner fails with 42501 unless that is ${target} or a member of it. The table is closed for a moment.`,
      relations: [found.key],
    };
  },
};
