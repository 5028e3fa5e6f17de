import type { Action } from '../model/action.ts';
import { bareTable } from '../model/bare-table.ts';
import type { Catalog, Table } from '../model/catalog.ts';
import { nameForCreation } from '../model/catalog-lookup.ts';
import type { RelationReference } from '../model/relation-name.ts';

/** The tables that a statement changes, and that must be there. */
export function alteredTables(action: Action): readonly RelationReference[] {
  switch (action.kind) {
    case 'alter-table':
      return action.object === 'table' && !action.ifExists ? [action.name] : [];
    case 'create-index':
    case 'create-trigger':
      return [action.table];
    case 'rename':
      return action.object === 'table' || action.object === 'column' ? [action.name] : [];
    case 'drop':
      return action.object === 'table' && !action.ifExists ? action.names : [];
    default:
      return [];
  }
}

/** What a table is taken for that the schema given does not have. */
export function ordinaryTable(catalog: Catalog, reference: RelationReference): Table {
  return bareTable(nameForCreation(catalog, reference), 'permanent');
}
