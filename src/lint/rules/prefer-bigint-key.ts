import type { ColumnDefinition } from '../../model/definition.ts';
import { isOfType, type NewColumns, newColumnsWhere } from '../new-columns.ts';
import { type Rule, STYLE } from '../rule.ts';
import { list } from '../who-waits.ts';

/** A primary key that numbers run out of. */
export const preferBigintKey: Rule = {
  id: 'prefer-bigint-key',
  group: STYLE,
  severity: 'info',
  about: ['create-table', 'alter-table'],
  commands: ['add-column'],
  summary: 'An integer primary key ends at 2,147,483,647, and is hard to widen once it is full.',
  remedy: 'Use bigint GENERATED ALWAYS AS IDENTITY.',
  check(input) {
    const found = newColumnsWhere(input, (column, all) => isOfType(column, 'int2', 'int4') && isKey(column, all));
    if (found === null) return null;
    return {
      title: `Makes ${list(found.names)} the primary key of ${found.key} with a type that ends at 2,147,483,647 or before.`,
      consequence:
        'To widen it later rewrites the table and every table that points at it, while all of them are closed.',
      relations: [found.key],
      remedy: 'Use bigint GENERATED ALWAYS AS IDENTITY.',
    };
  },
};

/** A key of several columns takes its numbers from elsewhere. */
function isKey(column: ColumnDefinition, { constraints }: NewColumns): boolean {
  return [...constraints, ...column.constraints].some(
    (one) => one.kind === 'primary-key' && one.columns.length === 1 && one.columns[0] === column.name,
  );
}
