import { narrowing } from '../narrowing.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { typeChangeOf } from '../type-change.ts';

/** ALTER COLUMN TYPE to one that does not hold every value of the old one. */
export const narrowingType: Rule = {
  id: 'narrowing-type',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['set-type'],
  perCommand: true,
  summary: 'The new type does not hold every value of the old one: it fails, or values are cut.',
  remedy:
    'Look for rows that do not fit, forbid new ones by a CHECK (NOT VALID, then VALIDATE), and then change the type.',
  check(input) {
    const change = typeChangeOf(input);
    const loss = change === null ? null : narrowing(input.catalog, change);
    if (change === null || loss === null || input.facts.failure !== null) return null;
    return {
      title: `Makes ${change.column.name} of ${nameWithSize(input, change.key)} too narrow for some values: ${change.command.typeSql}.`,
      consequence: loss,
      relations: [change.key],
      remedy:
        'Look for rows that do not fit, forbid new ones by a CHECK (NOT VALID, then VALIDATE), and then change the type.',
    };
  },
};
