import type { AlterCommandOf } from '../model/alter-command.ts';
import type { Catalog, Table } from '../model/catalog.ts';
import { findTable } from '../model/catalog-lookup.ts';
import { relationKey } from '../model/relation-name.ts';
import type { Statement } from '../model/statement.ts';
import { quoteIdentifier } from '../sql/postgres/quote.ts';
import { columnIsGone, columnIsNullable, triggerIsGone } from './post-condition.ts';
import type { FollowedColumns, StepDraft, TransactionDraft } from './step-draft.ts';

/** What a statement means for columns in step: it drops a source of theirs, or the trigger could not live with it. */
export function endOfFollowing(
  { action }: Statement,
  catalog: Catalog,
  followed: FollowedColumns,
): 'goes-on' | 'source-dropped' | 'ends' {
  if (action.kind === 'drop' && action.object === 'table') {
    return action.names.some((name) => isTable(catalog, name, followed)) ? 'ends' : 'goes-on';
  }
  if (action.kind !== 'alter-table' && action.kind !== 'rename' && action.kind !== 'set-schema') return 'goes-on';
  if (!isTable(catalog, action.name, followed)) return 'goes-on';
  const involved = new Set([...followed.sources, ...followed.targets]);
  if (action.kind === 'set-schema') return 'ends';
  if (action.kind === 'rename') {
    return action.object === 'table' || (action.member !== null && involved.has(action.member)) ? 'ends' : 'goes-on';
  }
  for (const command of action.commands) {
    if (command.kind === 'drop-column' && followed.sources.includes(command.column)) return 'source-dropped';
    if ((command.kind === 'drop-column' || command.kind === 'set-type') && involved.has(command.column)) return 'ends';
  }
  return 'goes-on';
}

function isTable(catalog: Catalog, name: Parameters<typeof findTable>[1], { table }: FollowedColumns): boolean {
  const found = findTable(catalog, name);
  return found !== null && relationKey(found.name) === table;
}

/** NOT NULL goes, so that new code can leave a column out of its INSERTs while old code still fills it. */
export function relaxColumn(table: Table, name: string): readonly TransactionDraft[] {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined || !column.notNull) return [];
  if (column.default !== null || column.identity !== null || column.generated !== null) return [];
  if (table.constraints.some((one) => one.kind === 'primary-key' && one.columns.includes(name))) return [];
  const key = relationKey(table.name);
  return [
    {
      kind: 'transaction',
      name: `relax-${name}`,
      phase: 'expand',
      why: 'New code has to be able to leave the column out of its INSERTs while old code still fills it.',
      sql: [`ALTER TABLE ${key} ALTER COLUMN ${quoteIdentifier(name)} DROP NOT NULL`],
      undo: null,
      postCondition: columnIsNullable(key, name),
    },
  ];
}

/** A source goes: the triggers stay until old code is gone, and go in the same moment. */
export function dropSource(
  table: Table,
  command: AlterCommandOf<'drop-column'>,
  followed: readonly FollowedColumns[],
): readonly StepDraft[] {
  const key = relationKey(table.name);
  const dropped = [...new Set([command.column, ...followed.flatMap((one) => one.dropped)])];
  const targets = followed.flatMap((one) => one.targets).join(', ');
  return [
    ...dropped.flatMap((name) => relaxColumn(table, name)),
    {
      kind: 'gate',
      name: `gate-drop-${command.column}`,
      phase: 'contract',
      why: `Until then a trigger derives ${targets} for rows that old code writes. Nothing derives ${dropped.join(', ')} from what new code writes, and the values are gone for good once dropped.`,
      deploy: `Deploy code that reads and writes ${targets} of ${key} itself and neither reads nor writes ${dropped.join(', ')}, and wait until no older version runs.`,
    },
    {
      kind: 'transaction',
      name: `drop-column-${command.column}`,
      phase: 'contract',
      why: 'The trigger that read the column goes together with it: a moment under ACCESS EXCLUSIVE.',
      sql: [
        ...followed.flatMap((one) => one.dropAll),
        `ALTER TABLE ${key} DROP COLUMN ${quoteIdentifier(command.column)}${command.cascade ? ' CASCADE' : ''}`,
      ],
      undo: null,
      postCondition: columnIsGone(key, command.column),
    },
  ];
}

/** Nothing is dropped: the trigger goes as soon as the application fills the columns itself. */
export function endFollowing(followed: FollowedColumns): readonly StepDraft[] {
  const { table, targets, trigger } = followed;
  return [
    {
      kind: 'gate',
      name: `gate-fill-${targets[0] ?? ''}`,
      phase: 'contract',
      why: `From the next step on nothing fills ${targets.join(', ')} in the place of code that does not know of it.`,
      deploy: `Deploy code that writes ${targets.join(', ')} of ${table} itself, and wait until no older version runs.`,
    },
    {
      kind: 'transaction',
      name: `unfollow-${targets[0] ?? ''}`,
      phase: 'contract',
      why: 'The trigger has nothing left to do: dropping it takes a moment.',
      sql: followed.dropAll,
      undo: null,
      postCondition: triggerIsGone(table, trigger),
    },
  ];
}
