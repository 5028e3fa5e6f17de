import type { Action } from '../model/action.ts';
import type { Catalog } from '../model/catalog.ts';
import { findTable } from '../model/catalog-lookup.ts';
import type { Dml } from '../model/dml.ts';
import { type RelationKey, type RelationReference, relationKey } from '../model/relation-name.ts';
import type { Statement } from '../model/statement.ts';

/**
 * What a statement carries over from a column or table that the file then drops: whatever is written there in between
 * is lost, in a plan as in the file itself. Null when there is no such thing.
 */
export function leftBehind(
  { action }: Statement,
  later: readonly Statement[],
  catalog: Catalog,
  isFresh: (relation: RelationKey) => boolean,
): string | null {
  if (action.kind !== 'dml' || action.verb === 'select' || action.verb === 'delete') return null;
  const read = new Set(keysOf([...action.reads, ...action.writes], catalog).filter((key) => !isFresh(key)));
  const gone = later.flatMap((one) => droppedIn(one.action, action, read, catalog));
  if (gone.length === 0) return null;
  const targets = keysOf(action.writes, catalog).join(', ');
  const names = [...new Set(gone)].join(', ');
  return `What running code writes to ${names} behind this statement does not reach ${targets}, and is lost with the drop: stop those writes before it, or let the application write both from then on.`;
}

function keysOf(references: readonly RelationReference[], catalog: Catalog): readonly RelationKey[] {
  return references.flatMap((name) => {
    const table = findTable(catalog, name);
    return table === null ? [] : relationKey(table.name);
  });
}

function droppedIn(later: Action, dml: Dml, read: ReadonlySet<RelationKey>, catalog: Catalog): readonly string[] {
  if (later.kind === 'drop' && later.object === 'table') {
    return keysOf(later.names, catalog).filter((key) => read.has(key) && !keysOf(dml.writes, catalog).includes(key));
  }
  if (later.kind !== 'alter-table') return [];
  const [key] = keysOf([later.name], catalog);
  if (key === undefined || !read.has(key)) return [];
  const named = new Set(dml.query?.mentions.map((one) => one.column));
  const takesAll = dml.query?.output?.some((one) => one.kind === 'all') === true;
  return later.commands.flatMap((command) =>
    command.kind === 'drop-column' && (takesAll || named.has(command.column)) ? `${key}.${command.column}` : [],
  );
}
