import { resolveName } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { nameWithSize, type Rule } from '../rule.ts';
import { usedLosses } from '../used-losses.ts';
import { list } from '../who-waits.ts';

/** TRUNCATE of a table in use. */
export const truncate: Rule = {
  id: 'truncate',
  group: 'data-loss',
  severity: 'warning',
  about: ['truncate'],
  summary: 'Every row of a table in use is deleted, and the table is closed meanwhile.',
  remedy: 'Delete the rows in small batches by their key, or fill a new table and switch; keep a copy of what goes.',
  check(input) {
    const { action, catalog } = input;
    if (action.kind !== 'truncate') return null;
    const named = action.tables.map((table) => relationKey(resolveName(catalog, table)));
    const emptied = usedLosses(input).map((one) => one.relation);
    const tables = emptied.filter((relation) => named.includes(relation));
    if (tables.length === 0) return null;
    return {
      title: `Empties ${list(tables.map((one) => nameWithSize(input, one)))}.`,
      consequence: `ACCESS EXCLUSIVE keeps every reader and writer of ${list(tables)} out until the commit, and only a backup brings the rows back.`,
      relations: tables,
    };
  },
};
