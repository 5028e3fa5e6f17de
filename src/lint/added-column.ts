import type { Table } from '../model/catalog.ts';
import type { ColumnDefinition } from '../model/definition.ts';
import type { RelationKey } from '../model/relation-name.ts';
import { alterCommandOf } from './alter-command-of.ts';
import { isConstrainedDomain } from './base-type.ts';
import type { RuleInput } from './rule.ts';
import { rewrittenUnderLock, type WorkUnderLock } from './work-under-lock.ts';

/** A column that ADD COLUMN gives to a table in use. */
export interface AddedColumn {
  readonly column: ColumnDefinition;
  readonly key: RelationKey;
  readonly table: Table | null;
}

/** What makes the server write every row anew for a new column, in the order in which one of them explains it. */
export type RewriteCause = 'serial' | 'identity' | 'stored' | 'domain' | 'default';

/** For rules that look at each command alone; null also when the column is there already. */
export function addedColumn(input: RuleInput): AddedColumn | null {
  const found = alterCommandOf(input, 'add-column');
  if (found === null) return null;
  const { key, table } = found;
  const { column } = found.command;
  return table?.columns.some(({ name }) => name === column.name) === true ? null : { column, key, table };
}

/** A new column for which a table in use is written anew, for the given reason and no other. */
export function columnThatRewrites(input: RuleInput, cause: RewriteCause): (AddedColumn & WorkUnderLock) | null {
  const added = addedColumn(input);
  const work = rewrittenUnderLock(input);
  if (added === null || work === null || causeOf(input, added.column) !== cause) return null;
  return { ...added, ...work };
}

function causeOf(input: RuleInput, column: ColumnDefinition): RewriteCause {
  if (column.serial) return 'serial';
  if (column.identity !== null) return 'identity';
  if (column.generated !== null) return 'stored';
  return isConstrainedDomain(input.catalog, column.type) ? 'domain' : 'default';
}
