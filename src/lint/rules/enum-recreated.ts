import { findType } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const REMEDY =
  'Leave the value in the enum, and keep it out with a CHECK: NOT VALID, then rows changed in batches, then VALIDATE.';

/** A column moves to an enum that lacks values of its own: the way to drop a value. */
export const enumRecreated: Rule = {
  id: 'enum-recreated',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['set-type'],
  perCommand: true,
  summary: 'A column moves to an enum with fewer values, by writing its table anew.',
  remedy: REMEDY,
  check(input) {
    const found = alterCommandOf(input, 'set-type');
    const column = found?.table?.columns.find((one) => one.name === found.command.column);
    if (found === null || column === undefined || input.facts.failure !== null) return null;
    const before = findType(input.catalog, column.type);
    const after = findType(input.catalog, found.command.type);
    if (before?.kind !== 'enum' || after?.kind !== 'enum') return null;
    const gone = before.labels.filter((label) => !after.labels.includes(label));
    if (gone.length === 0) return null;
    const values = list(gone.map((label) => `'${label}'`));
    return {
      title: `Takes ${values} out of the values of ${found.key}.${column.name}.`,
      consequence: `It fails with 22P02 at the first row that has one of them, after all rows before it were written; running code that writes ${values} to ${relationKey(after.name)} fails from then on.`,
      remedy: REMEDY,
      relations: [found.key],
    };
  },
};
