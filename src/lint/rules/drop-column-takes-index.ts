import type { Index, Table } from '../../model/catalog.ts';
import { alterCommandOf } from '../alter-command-of.ts';
import type { Rule } from '../rule.ts';
import { list } from '../who-waits.ts';

/** DROP COLUMN takes along what covers other columns, too, and says nothing of it. */
export const dropColumnTakesIndex: Rule = {
  id: 'drop-column-takes-index',
  severity: 'warning',
  about: ['alter-table'],
  commands: ['drop-column'],
  perCommand: true,
  summary: 'An index or constraint over other columns, too, goes along with a dropped column.',
  remedy: 'Build what the other columns still need under a new name first, and then drop the column.',
  check(input) {
    const found = alterCommandOf(input, 'drop-column');
    if (found?.table == null || input.facts.failure !== null) return null;
    const gone = goneAlong(found.table, found.command.column);
    if (gone.length === 0) return null;
    return {
      title: `Drops ${list(gone)} along with ${found.key}.${found.command.column}.`,
      consequence:
        'Nothing tells of it: queries that were fast become slow, and what was forbidden becomes possible, on the other columns.',
      relations: [found.key],
      remedy: 'Build what the other columns still need under a new name first, and then drop the column.',
    };
  },
};

function goneAlong(table: Table, column: string): readonly string[] {
  const indexes = table.indexes.filter((index) => {
    const columns = columnsOf(index);
    if (!columns.has(column) || columns.size < 2 || index.constraint !== null) return false;
    return index.unique || !isCovered(table, index, column);
  });
  const constraints = table.constraints.filter((one) => {
    if (one.kind === 'not-null' || one.kind === 'exclude') return false;
    const columns = new Set(one.kind === 'check' ? one.expression.columns : one.columns);
    return columns.has(column) && columns.size > 1;
  });
  return [
    ...indexes.map(({ name }) => `the index ${name}`),
    ...constraints.map(({ name }) => `the constraint ${name}`),
  ];
}

/** Another index begins with the columns that are left. */
function isCovered(table: Table, index: Index, column: string): boolean {
  const left = index.keys.map((key) => key.column).filter((one) => one !== column);
  if (left.length === 0 || left.includes(null) || index.predicate !== null) return false;
  return table.indexes.some(
    (other) =>
      other !== index &&
      other.valid &&
      other.predicate === null &&
      left.every((one, at) => other.keys[at]?.column === one),
  );
}

/** Columns that an index cannot be without. */
function columnsOf({ keys, include, predicate }: Index): ReadonlySet<string> {
  const ofKeys = keys.flatMap(({ column, expression }) => (column === null ? (expression?.columns ?? []) : [column]));
  return new Set([...ofKeys, ...include, ...(predicate?.columns ?? [])]);
}
