import type { AlterCommand } from '../../model/alter-command.ts';
import type { Catalog, Column, Table } from '../../model/catalog.ts';
import { ownedSequences, tableOf } from '../../model/catalog-lookup.ts';
import type { RelationKey } from '../../model/relation-name.ts';
import { putRelation, treeOf, updateColumn } from '../edit-catalog.ts';
import { collationOf, spreadIdentity } from './add-column.ts';
import { addOwnedSequence, sequenceType } from './add-sequence.ts';
import { dropRelations } from './drop-relation.ts';
import { resolveDefault, resolveExpression, resolveType } from './resolve-names.ts';
import { sequenceNamesIn } from './sequence-names-in.ts';
import { dropNotNull, setNotNull } from './set-not-null.ts';

/** A command on one column by name. */
export type ColumnCommand = Extract<AlterCommand, { readonly column: string }>;

/** ALTER COLUMN in all its forms that change what the catalog keeps; children follow. */
export function alterColumn(catalog: Catalog, key: RelationKey, command: ColumnCommand, only: boolean): Catalog {
  const table = tableOf(catalog, key);
  if (table === null || !table.columns.some((column) => column.name === command.column)) return catalog;
  switch (command.kind) {
    case 'set-not-null':
      return setNotNull(catalog, key, command.column, { name: null, valid: true, only });
    case 'drop-not-null':
      return dropNotNull(catalog, key, command.column, only);
    case 'add-identity':
      return addIdentity(catalog, table, key, command);
    case 'set-identity':
      return setIdentity(catalog, key, command);
    case 'drop-identity':
      return dropIdentity(catalog, key, command.column);
    case 'set-type':
      return setType(catalog, key, command, only);
    default: {
      const change = columnChange(catalog, command);
      return treeOf(catalog, key, only).reduce(
        (changed, target) => updateColumn(changed, target, command.column, change),
        catalog,
      );
    }
  }
}

function columnChange(catalog: Catalog, command: ColumnCommand): (column: Column) => Column {
  switch (command.kind) {
    case 'set-default': {
      return (column) => ({ ...column, default: resolveDefault(catalog, command.default, column.type) });
    }
    case 'set-expression': {
      const value = resolveExpression(catalog, command.expression);
      return (column) => ({ ...column, default: value });
    }
    case 'drop-default':
      return (column) => (column.generated === null ? { ...column, default: null } : column);
    case 'drop-expression':
      return (column) => (column.generated === null ? column : { ...column, default: null, generated: null });
    default:
      return (column) => column;
  }
}

function addIdentity(
  catalog: Catalog,
  table: Table,
  key: RelationKey,
  command: Extract<ColumnCommand, { kind: 'add-identity' }>,
): Catalog {
  const column = table.columns.find((own) => own.name === command.column);
  if (column === undefined || column.identity !== null) return catalog;
  const [given = null] = sequenceNamesIn(command.sql);
  const { catalog: changed } = addOwnedSequence(catalog, table.name, column.name, column.type.name, given);
  return spreadIdentity(changed, key, column.name, command.identity);
}

/** SET GENERATED says how; RESTART and other options of the sequence change nothing here. */
function setIdentity(catalog: Catalog, key: RelationKey, command: ColumnCommand): Catalog {
  const said = /\bSET\s+GENERATED\s+(ALWAYS|BY\s+DEFAULT)\b/i.exec(command.sql)?.[1];
  if (said === undefined) return catalog;
  return spreadIdentity(catalog, key, command.column, said.toUpperCase() === 'ALWAYS' ? 'always' : 'by-default');
}

function dropIdentity(catalog: Catalog, key: RelationKey, name: string): Catalog {
  const column = tableOf(catalog, key)?.columns.find((own) => own.name === name);
  if (column?.identity === null || column === undefined) return catalog;
  return dropRelations(spreadIdentity(catalog, key, name, null), ownedSequences(catalog, key, name), true);
}

/** SET DATA TYPE: the collation is the one said, else the type's own; an identity's sequence follows. */
function setType(
  catalog: Catalog,
  key: RelationKey,
  command: Extract<ColumnCommand, { kind: 'set-type' }>,
  only: boolean,
): Catalog {
  const type = resolveType(catalog, command.type);
  const collation = collationOf(command.collation);
  let changed = treeOf(catalog, key, only).reduce(
    (one, target) => updateColumn(one, target, command.column, (column) => ({ ...column, type, collation })),
    catalog,
  );
  const column = tableOf(catalog, key)?.columns.find((own) => own.name === command.column);
  if (column?.identity === null || column === undefined) return changed;
  for (const name of ownedSequences(catalog, key, command.column)) {
    const sequence = changed.relations[name];
    if (sequence?.kind === 'sequence') changed = putRelation(changed, { ...sequence, type: sequenceType(type.name) });
  }
  return changed;
}
