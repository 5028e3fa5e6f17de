import { alterCommandsOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';

/** ALTER COLUMN TYPE of a column that a generated column is computed from: 42601 before 15, 0A000 from then on. */
export const typeChangeInGenerated: Rule = {
  id: 'type-change-in-generated',
  group: 'certain-failure',
  severity: 'error',
  about: ['alter-table'],
  commands: ['set-type'],
  summary: 'A column that a generated column is computed from cannot change its type.',
  remedy:
    'Add a column of the new type and a generated column over it, fill it in small batches, and move the readers over.',
  check(input) {
    const { failure, locks } = input.facts;
    if (failure?.sqlstate !== '0A000' && failure?.sqlstate !== '42601') return null;
    for (const { command, table, key } of alterCommandsOf(input, 'set-type')) {
      const generated = table?.columns.find(
        (one) => one.generated !== null && one.default?.columns.includes(command.column) === true,
      );
      if (generated === undefined) continue;
      return {
        title: `Fails with ${failure.sqlstate}: the generated column ${generated.name} of ${key} is computed from ${command.column}.`,
        consequence: 'The migration stops here; what ran before it in the same transaction is taken back.',
        relations: locks.map(({ relation }) => relation),
        remedy:
          'Add a column of the new type and a generated column over it, fill it in small batches, and move the readers over.',
      };
    }
    return null;
  },
};
