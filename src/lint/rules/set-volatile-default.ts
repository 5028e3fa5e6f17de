import type { Catalog } from '../../model/catalog.ts';
import { findFunction } from '../../model/catalog-lookup.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';

/** Functions that are there to give each row a value of its own. */
const MAKERS = new Set(
  'gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 nextval random clock_timestamp'.split(
    ' ',
  ),
);

/** SET DEFAULT with a value for each row, on a column whose old rows have none. */
export const setVolatileDefault: Rule = {
  id: 'set-volatile-default',
  severity: 'info',
  about: ['alter-table'],
  commands: ['set-default'],
  perCommand: true,
  summary: 'A default that gives each row its own value is set; rows that are there keep NULL.',
  remedy: 'Fill the old rows in small batches after it, where they need a value, too.',
  check(input) {
    const found = alterCommandOf(input, 'set-default');
    const column = found?.table?.columns.find(({ name }) => name === found.command.column);
    if (found === null || column === undefined || column.notNull || column.default !== null) return null;
    const maker = found.command.default.functions.find((one) => isMaker(input.catalog, one));
    if (maker === undefined || input.facts.failure !== null) return null;
    return {
      title: `Gives new rows of ${found.key} a ${column.name} by ${maker}(), and old rows none.`,
      consequence: 'SET DEFAULT touches no row that is there: their value stays NULL until somebody fills it.',
      relations: [found.key],
    };
  },
};

function isMaker(catalog: Catalog, name: string): boolean {
  const [first = '', second] = name.split('.');
  const user = findFunction(catalog, second === undefined ? { schema: null, name } : { schema: first, name: second });
  return user === null ? MAKERS.has(second ?? name) : user.volatility === 'volatile';
}
