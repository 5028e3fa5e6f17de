import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { usedLosses } from '../used-losses.ts';
import { list } from '../who-waits.ts';

/** TRUNCATE ... CASCADE empties tables that it does not name. */
export const truncateCascade: Rule = {
  id: 'truncate-cascade',
  group: 'data-loss',
  severity: 'error',
  about: ['truncate'],
  summary: 'TRUNCATE ... CASCADE empties tables that the statement does not name.',
  remedy: 'Name every table that is to be emptied, and leave CASCADE out, so that the server refuses the rest.',
  check(input) {
    const { action, catalog } = input;
    if (action.kind !== 'truncate' || !action.cascade) return null;
    const named = action.tables.map((table) => relationKey(resolveName(catalog, table)));
    const others = usedLosses(input)
      .map((one) => one.relation)
      .filter((relation) => !named.includes(relation));
    if (others.length === 0) return null;
    return {
      title: `Empties ${list(others.map((one) => nameWithSize(input, one)))} as well, which it does not name.`,
      consequence:
        'Every table with a foreign key to one that is emptied is emptied with it, whatever its ON DELETE says; only a backup brings the rows back.',
      relations: others,
    };
  },
};
