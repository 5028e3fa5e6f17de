import { referencingTables } from '../../model/catalog-lookup.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** DISABLE TRIGGER ALL turns off the foreign keys as well. */
export const disableAllTriggers: Rule = {
  id: 'disable-all-triggers',
  severity: 'error',
  about: ['alter-table'],
  commands: ['disable-trigger'],
  perCommand: true,
  summary: 'DISABLE TRIGGER ALL turns off foreign keys, too, and nobody checks the rows afterwards.',
  remedy: 'Disable the trigger that is meant by its name; load rows in an order that the foreign keys allow.',
  check(input) {
    const found = alterCommandOf(input, 'disable-trigger');
    if (found === null || found.command.trigger !== 'ALL' || input.facts.failure !== null) return null;
    const own = (found.table?.constraints ?? []).filter((one) => one.kind === 'foreign-key').map((one) => one.name);
    const keys = [...own, ...referencingTables(input.catalog, found.key).map(({ constraint }) => constraint.name)];
    const checked = keys.length === 0 ? '' : ` with the checks of ${list([...new Set(keys)])}`;
    return {
      title: `Turns off every trigger of ${found.key}${checked} for every session.`,
      consequence:
        'Rows that break a foreign key get in, from anybody, and stay: ENABLE TRIGGER checks nothing, and the constraint still counts as valid.',
      relations: [found.key],
    };
  },
};
