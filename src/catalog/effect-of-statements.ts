import type { Connection } from '../db/connection.ts';
import type { Action } from '../model/action.ts';
import type { AlterCommand, AlterCommandKind } from '../model/alter-command.ts';
import type { Catalog, Table } from '../model/catalog.ts';
import { findTable, nameForCreation, ownedSequences } from '../model/catalog-lookup.ts';
import { relationKey } from '../model/relation-name.ts';
import type { Statement } from '../model/statement.ts';
import { applyStatement } from './apply-statement.ts';
import { catalogDifferences } from './catalog-differences.ts';
import { putRelation, removeRelations } from './edit-catalog.ts';
import { readCatalog } from './read-catalog.ts';
import { sameExpressions } from './same-expressions.ts';

/** What a look at a server says of the effect of statements. */
export interface EffectOnServer {
  /** In what the schema differs from what the statements would have left; empty where it is just that. */
  readonly differences: readonly string[];
  /** Statements whose effect a schema does not show: row work, code, grants. */
  readonly unseen: readonly string[];
}

/**
 * Whether a server has what statements would have made, by its definition and never by its name alone: what they make is
 * taken out of the schema that is there, they are applied to the rest by rule, and the two schemas are compared. What the
 * server writes in words of its own (defaults, checks, predicates, views) it is asked to write for both.
 *
 * Whatever cannot be told counts as a difference. Reads, but for temporary tables that are rolled back.
 */
export async function effectOfStatements(
  connection: Connection,
  statements: readonly Statement[],
): Promise<EffectOnServer> {
  const live = await readCatalog(connection);
  const wanted = statements.reduce(applyStatement, statements.reduce(withoutWhatItMakes, live));
  const after = { ...wanted, searchPath: live.searchPath };
  const differences = catalogDifferences(after, live, { columnOrder: 'ignore', expressions: 'meaning' });
  const unseen = statements.filter(({ action }) => !isSeen(action)).map(({ sql }) => sql);
  if (differences.length > 0) return { differences: differences.map(inWords), unseen };
  return { differences: await sameExpressions(connection, after, live), unseen };
}

function inWords(difference: string): string {
  return difference
    .replace('only in the first (', 'missing (')
    .replace('only in the second (', 'there, but not wanted (')
    .replace(/ in the first, (.*) in the second$/, ' wanted, $1 found');
}

/** The schema as if a statement had not made what it makes; what a statement changes in place stays as it is. */
function withoutWhatItMakes(catalog: Catalog, { action }: Statement): Catalog {
  switch (action.kind) {
    case 'create-table':
    case 'create-table-as':
    case 'create-view':
    case 'create-sequence':
      return withoutRelation(catalog, relationKey(nameForCreation(catalog, action.name)));
    case 'create-index': {
      const table = findTable(catalog, action.table);
      return table === null ? catalog : withTable(catalog, withoutIndex(table, action.name));
    }
    case 'create-trigger': {
      const table = findTable(catalog, action.table);
      if (table === null) return catalog;
      return withTable(catalog, { ...table, triggers: table.triggers.filter(({ name }) => name !== action.name) });
    }
    case 'create-enum':
    case 'create-domain':
    case 'create-type':
      return { ...catalog, types: without(catalog.types, relationKey(nameForCreation(catalog, action.name))) };
    case 'create-function':
      return { ...catalog, functions: without(catalog.functions, relationKey(nameForCreation(catalog, action.name))) };
    case 'create-schema':
      return { ...catalog, schemas: catalog.schemas.filter((name) => name !== action.name) };
    case 'alter-table': {
      const table = findTable(catalog, action.name);
      if (table === null) return catalog;
      return withTable(catalog, action.commands.reduce(withoutAddition, table));
    }
    default:
      return catalog;
  }
}

function withTable(catalog: Catalog, table: Table): Catalog {
  return putRelation(catalog, table);
}

function without<Value>(entries: Readonly<Record<string, Value>>, key: string): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => name !== key));
}

function withoutRelation(catalog: Catalog, key: string): Catalog {
  return removeRelations(catalog, new Set([key, ...ownedSequences(catalog, key)]));
}

function withoutIndex(table: Table, name: string | null): Table {
  return { ...table, indexes: table.indexes.filter((index) => index.name !== name) };
}

function withoutAddition(table: Table, command: AlterCommand): Table {
  if (command.kind === 'add-constraint') {
    const { name } = command.constraint;
    if (command.constraint.kind === 'primary-key' || command.constraint.kind === 'unique') {
      if (command.constraint.usingIndex !== null) return table;
    }
    return {
      ...withoutIndex(table, name),
      constraints: table.constraints.filter((constraint) => constraint.name !== name),
    };
  }
  if (command.kind !== 'add-column') return table;
  const { name } = command.column;
  return {
    ...table,
    columns: table.columns.filter((column) => column.name !== name),
    constraints: table.constraints.filter((one) => {
      if (one.kind === 'not-null') return one.column !== name;
      if (one.kind === 'check') return !one.expression.columns.includes(name);
      return one.kind === 'exclude' || !one.columns.includes(name);
    }),
    indexes: table.indexes.filter((index) => !index.keys.some(({ column }) => column === name)),
  };
}

/** Commands whose effect stands in a catalog as we know it. */
const SEEN_COMMANDS: ReadonlySet<AlterCommandKind> = new Set([
  'add-column',
  'drop-column',
  'set-type',
  'set-default',
  'drop-default',
  'set-not-null',
  'drop-not-null',
  'add-identity',
  'drop-identity',
  'set-expression',
  'drop-expression',
  'add-constraint',
  'drop-constraint',
  'validate-constraint',
  'replica-identity',
  'enable-row-security',
  'disable-row-security',
  'inherit',
  'no-inherit',
  'attach-partition',
  'detach-partition',
]);

const SEEN: ReadonlySet<Action['kind']> = new Set([
  'create-table',
  'create-index',
  'create-view',
  'create-trigger',
  'create-enum',
  'alter-enum',
  'create-domain',
  'create-sequence',
  'create-function',
  'create-schema',
  'rename',
  'set-schema',
]);

function isSeen(action: Action): boolean {
  if (action.kind === 'alter-table') return action.commands.every(({ kind }) => SEEN_COMMANDS.has(kind));
  if (action.kind === 'drop') return action.object !== 'other' && action.object !== 'extension';
  return SEEN.has(action.kind);
}
