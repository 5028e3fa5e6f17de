import type { AlterCommandOf } from '../../model/alter-command.ts';
import type { Column, Table } from '../../model/catalog.ts';
import { findRelation, findTable, ownedSequences } from '../../model/catalog-lookup.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import type { Statement } from '../../model/statement.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/postgres/quote.ts';
import { columnIsIdentity } from '../post-condition.ts';
import type { SequenceInput, SequenceRecipe } from '../sequence-recipe.ts';
import type { TransactionDraft } from '../step-draft.ts';

/**
 * A serial column, or one that the application numbers, becomes an identity: everything in one transaction, so that no
 * INSERT finds the column without numbers, and the new sequence goes on where the old one was instead of at 1.
 */
export const serialToIdentity: SequenceRecipe = {
  name: 'serial-to-identity',
  rung: 'catalog-only',
  summary:
    'Everything in one short transaction, and the new sequence goes on where the old one, or the rows, have got to.',
  plan(input) {
    const conversion = conversionOf(input);
    const statement = input.statements[input.at];
    if (conversion === null || statement === undefined) return null;
    return { parts: [{ statement, drafts: [convert(conversion)] }], taken: conversion.statements.length };
  },
};

interface Conversion {
  readonly table: Table;
  readonly key: RelationKey;
  readonly column: Column;
  /** The sequence that the column draws from so far. */
  readonly sequence: RelationKey | null;
  readonly isDropped: boolean;
  /** Those that it stands for; what moves a sequence on is among them. */
  readonly statements: readonly Statement[];
}

function conversionOf(input: SequenceInput): Conversion | null {
  const place = placeOf(input);
  if (place === null) return null;
  const { table, column } = place;
  const key = relationKey(table.name);
  const [sequence = null] = ownedSequences(input.catalog, key, column.name);
  const statements: Statement[] = [];
  let folded = input.catalog;
  for (const statement of input.statements.slice(input.at)) {
    if (!belongs(input, statement, { key, column: column.name, sequence })) break;
    if (input.tools.deriveFacts(statement, folded).failure !== null) return null;
    folded = input.tools.applyStatement(folded, statement);
    statements.push(statement);
  }
  const commands = statements.flatMap(({ action }) => (action.kind === 'alter-table' ? action.commands : []));
  const made = commands.find((one): one is AlterCommandOf<'add-identity'> => one.kind === 'add-identity');
  const drops = statements.some(({ action }) => action.kind === 'drop');
  if (made === undefined || made.startsAt === true || !isEndFound(table, column)) return null;
  return { table, key, column, sequence, isDropped: drops, statements };
}

/** The column that the statement in question begins to convert. */
function placeOf({ statements, at, catalog, isFresh }: SequenceInput): Pick<Conversion, 'table' | 'column'> | null {
  const action = statements[at]?.action;
  let table: Table | null = null;
  let name: string | undefined;
  if (action?.kind === 'alter-table') {
    const command = action.commands.find(({ kind }) => kind === 'drop-default' || kind === 'add-identity');
    table = findTable(catalog, action.name);
    name =
      command !== undefined && 'column' in command && typeof command.column === 'string' ? command.column : undefined;
  } else if (action?.kind === 'drop' && action.object === 'sequence' && action.names[0] !== undefined) {
    const sequence = findRelation(catalog, action.names[0]);
    if (sequence?.kind !== 'sequence' || sequence.ownedBy === null) return null;
    const owner = catalog.relations[sequence.ownedBy.relation];
    table = owner?.kind === 'table' ? owner : null;
    name = sequence.ownedBy.column;
  }
  const column = table?.columns.find((one) => one.name === name);
  if (table === null || column === undefined || isFresh(relationKey(table.name))) return null;
  return column.identity === null && table.partitionBy === null ? { table, column } : null;
}

function belongs(
  { catalog }: SequenceInput,
  { action }: Statement,
  at: { readonly key: RelationKey; readonly column: string; readonly sequence: RelationKey | null },
): boolean {
  switch (action.kind) {
    case 'alter-table': {
      const table = findTable(catalog, action.name);
      const isOwn = table !== null && relationKey(table.name) === at.key;
      return (
        isOwn &&
        action.commands.every(
          (one) => (one.kind === 'drop-default' || one.kind === 'add-identity') && one.column === at.column,
        )
      );
    }
    case 'drop':
      return (
        action.object === 'sequence' &&
        action.names.every((name) => {
          const relation = findRelation(catalog, name);
          return relation !== null && relationKey(relation.name) === at.sequence;
        })
      );
    case 'dml':
      // A number that is said is a decision, and stays a statement of its own.
      return (
        action.verb === 'select' && ['setval', 'max'].every((one) => action.query?.functions.includes(one) === true)
      );
    default:
      return false;
  }
}

/** The highest number is found at the end of an index, in no time. */
function isEndFound(table: Table, { name }: Column): boolean {
  return table.indexes.some(
    (index) => index.valid && index.method === 'btree' && index.predicate === null && index.keys[0]?.column === name,
  );
}

function convert(conversion: Conversion): TransactionDraft {
  const { key, column, sequence, isDropped, statements } = conversion;
  const name = quoteIdentifier(column.name);
  const own = statements.flatMap(({ action, sql }) => (action.kind === 'dml' ? [] : sql));
  const isMoved = statements.some(({ action }) => action.kind === 'dml');
  const goesOn = sequence === null ? 'the rows have' : `${sequence} has`;
  return {
    kind: 'transaction',
    name: `identity-${column.name}`,
    phase: 'expand',
    why: `All in one moment under ACCESS EXCLUSIVE, so no INSERT finds ${column.name} without numbers; they go on where ${goesOn} got to.`,
    sql: [
      `ALTER TABLE ${key} ALTER COLUMN ${name} DROP DEFAULT`,
      // From here on nobody draws a number from it.
      ...(sequence !== null && isDropped ? [`ALTER SEQUENCE ${sequence} OWNED BY NONE`] : []),
      ...(sequence === null ? [] : [remember(sequence)]),
      ...own,
      goOn(conversion),
    ],
    undo: null,
    postCondition: columnIsIdentity(key, column.name),
    ...(isMoved
      ? {
          note: `setval() is done in the same transaction, to where ${goesOn} got to or to the highest ${column.name}, whichever is more.`,
        }
      : {
          note: `The numbers of ${key}.${column.name} go on where ${goesOn} got to; the statement alone would begin at 1 again.`,
        }),
  };
}

/** For the length of the transaction. */
const SETTING = 'evenkeel.numbers';

function remember(sequence: RelationKey): string {
  return `DO $evenkeel$
BEGIN
  PERFORM pg_catalog.set_config('${SETTING}', (SELECT pg_catalog.concat(last_value, ' ', is_called) FROM ${sequence}), true);
END
$evenkeel$`;
}

function goOn({ key, column, sequence }: Conversion): string {
  const said = `pg_catalog.current_setting('${SETTING}')`;
  const number = sequence === null ? '0' : `pg_catalog.split_part(${said}, ' ', 1)::bigint`;
  const called = sequence === null ? 'false' : `pg_catalog.split_part(${said}, ' ', 2)::boolean`;
  return `DO $evenkeel$
DECLARE
  number bigint := ${number};
  called boolean := ${called};
  highest bigint := (SELECT max(${quoteIdentifier(column.name)}) FROM ONLY ${key});
  made regclass := (SELECT d.objid FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'i' AND d.refobjid = ${quoteLiteral(key)}::pg_catalog.regclass AND a.attname = ${quoteLiteral(column.name)});
BEGIN
  IF highest IS NOT NULL AND highest >= number THEN
    number := highest;
    called := true;
  END IF;
  IF number > 0 THEN
    PERFORM pg_catalog.setval(made, number, called);
  END IF;
END
$evenkeel$`;
}
