import { resolveName, tableOf } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { closedTables } from '../closed-tables.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

const REMEDY =
  'Drop the foreign keys first, each in a transaction of its own with a short lock_timeout; the table alone is then locked by the DROP.';

/** DROP TABLE of a table that refers to others: they are closed as well while their triggers go. */
export const dropTableLocksOthers: Rule = {
  id: 'drop-table-locks-others',
  group: 'several-strong-locks',
  severity: 'warning',
  about: ['drop'],
  summary: 'Dropping a table closes those that its foreign keys refer to as well.',
  remedy: REMEDY,
  check(input) {
    const { action, catalog } = input;
    if (action.kind !== 'drop' || action.object !== 'table') return null;
    const dropped = action.names.map((name) => relationKey(resolveName(catalog, name)));
    const closed = closedTables(input);
    const referenced = new Set(
      dropped.flatMap((key) =>
        (tableOf(catalog, key)?.constraints ?? []).flatMap((one) =>
          one.kind === 'foreign-key' ? [one.references] : [],
        ),
      ),
    );
    const others = closed.filter((relation) => referenced.has(relation) && !dropped.includes(relation));
    if (others.length === 0) return null;
    return {
      title: `Locks ${list(others)} against everybody, too, to drop ${list(dropped)}.`,
      consequence: `A foreign key leaves triggers on the table that it refers to, and those go along: while the DROP waits for a lock, every read and write of ${list(others)} waits behind it.`,
      remedy: REMEDY,
      relations: closed,
    };
  },
};
