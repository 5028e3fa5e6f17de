import { newColumnsWhere } from '../new-columns.ts';
import { type Rule, STYLE } from '../rule.ts';
import { list } from '../who-waits.ts';

/** serial and its like in a new column. */
export const preferIdentity: Rule = {
  id: 'prefer-identity',
  group: STYLE,
  severity: 'info',
  about: ['create-table', 'alter-table'],
  commands: ['add-column'],
  summary: 'A serial makes a sequence with rights and an owner of its own; an identity column does not.',
  remedy: 'Use bigint GENERATED ALWAYS AS IDENTITY.',
  check(input) {
    const found = newColumnsWhere(input, (column) => column.serial);
    if (found === null) return null;
    return {
      title: `Numbers ${list(found.names)} of ${found.key} by serial.`,
      consequence:
        'Roles that may INSERT need rights on the sequence, too, and serial is no type that could be changed later.',
      relations: [found.key],
      remedy: 'Use bigint GENERATED ALWAYS AS IDENTITY.',
    };
  },
};
