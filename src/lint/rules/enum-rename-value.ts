import { relationPart } from '../relation-part.ts';
import type { Rule } from '../rule.ts';

/** RENAME VALUE of an enum. */
export const enumRenameValue: Rule = {
  id: 'enum-rename-value',
  group: 'old-code-breaks',
  severity: 'warning',
  about: ['alter-enum'],
  summary: 'A value of an enum gets another name while running code uses the old one.',
  remedy:
    'Add the new value, deploy code that knows both, change the rows in batches, and let nobody write the old one.',
  check({ action, facts }) {
    if (action.kind !== 'alter-enum' || action.change.kind !== 'rename-value' || facts.breaks.length === 0) return null;
    const { from, to } = action.change;
    return {
      title: `Renames the value '${from}' of ${action.name.name} to '${to}'.`,
      consequence: `From the commit on, statements of old code that name '${from}' fail with 22P02, and what it reads says '${to}', which it does not know.`,
      relations: facts.breaks.map((one) => relationPart(one.what)),
    };
  },
};
