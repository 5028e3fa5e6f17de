import { findTable } from '../../model/catalog-lookup.ts';
import { relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier } from '../../sql/postgres/quote.ts';
import { relaxColumn } from '../followed-columns.ts';
import { columnIsGone, relationIsGone } from '../post-condition.ts';
import type { Recipe } from '../recipe.ts';
import { alterTarget } from '../target-table.ts';

/** DROP COLUMN: nobody may need it any more. NOT NULL goes first, so that new code can leave it out. */
export const dropColumnAfterGate: Recipe = {
  name: 'drop-column-after-gate',
  rung: 'catalog-only',
  summary: 'Deploy code that does not need the column, then drop it.',
  plan(input) {
    const target = alterTarget(input, 'drop-column');
    if (target === null) return null;
    const { key, command } = target;
    const column = target.table.columns.find((one) => one.name === command.column);
    if (column === undefined) return command.ifExists ? [] : null;
    const name = quoteIdentifier(command.column);
    return [
      ...relaxColumn(target.table, command.column),
      {
        kind: 'gate',
        name: `gate-drop-${command.column}`,
        phase: 'contract',
        why: 'The values are gone for good once the column is dropped, and code that still names it fails.',
        deploy: `Deploy code that neither reads nor writes ${key}.${command.column}, and wait until no older version runs.`,
      },
      {
        kind: 'transaction',
        name: `drop-column-${command.column}`,
        phase: 'contract',
        why: 'DROP COLUMN changes the catalog only: a moment under ACCESS EXCLUSIVE.',
        sql: [
          `ALTER TABLE ${target.only ? 'ONLY ' : ''}${key} DROP COLUMN ${name}${command.cascade ? ' CASCADE' : ''}`,
        ],
        undo: null,
        postCondition: columnIsGone(key, command.column),
      },
    ];
  },
};

/** DROP TABLE: nobody may need it any more. Each table goes in a transaction of its own. */
export const dropTableAfterGate: Recipe = {
  name: 'drop-table-after-gate',
  rung: 'catalog-only',
  summary: 'Deploy code that does not need the table, then drop it.',
  plan(input) {
    const { action } = input.statement;
    if (action.kind !== 'drop' || action.object !== 'table') return null;
    const tables = action.names.flatMap((name) => findTable(input.catalog, name) ?? []);
    if (tables.length === 0 || tables.every((table) => input.isFresh(relationKey(table.name)))) return null;
    const keys = tables.map((table) => relationKey(table.name));
    const names = keys.join(', ');
    return [
      {
        kind: 'gate',
        name: `gate-drop-${tables[0]?.name.name ?? 'table'}`,
        phase: 'contract',
        why: 'The rows are gone for good once the table is dropped, and code that still names it fails.',
        deploy: `Deploy code that does not use ${names} any more, and wait until no older version runs.`,
      },
      {
        kind: 'transaction',
        name: `drop-table-${tables[0]?.name.name ?? 'table'}`,
        phase: 'contract',
        why: 'DROP TABLE takes a moment; the other side of its foreign keys is locked as well.',
        sql: [`DROP TABLE ${names}${action.cascade ? ' CASCADE' : ''}`],
        undo: null,
        postCondition: relationIsGone(keys[0] ?? ''),
      },
    ];
  },
};
