import { makeObjectName } from '../../model/object-name.ts';
import { type QualifiedName, relationKey } from '../../model/relation-name.ts';
import { parseExpression } from '../../sql/postgres/parse-expression.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/postgres/quote.ts';
import {
  type ColumnReplacement,
  closeToUnfit,
  columnReplacement,
  copyOldRows,
  followOldColumn,
  sameConstraints,
  sameIndexes,
  swapSql,
} from '../column-replacement.ts';
import { columnIsGone, typeExists } from '../post-condition.ts';
import type { RecipeInput } from '../recipe.ts';
import { type ReplacedColumn, type ReplacedEnum, replacedEnums } from '../replaced-enums.ts';
import type { SequenceInput, SequenceRecipe } from '../sequence-recipe.ts';
import type { GateDraft, StepDraft, TransactionDraft } from '../step-draft.ts';
import { canBeReplaced } from './type-by-new-column.ts';

/**
 * An enum cannot lose a value, so a second type takes its place: every column gets a twin of the new type that follows by
 * trigger, and types, columns and defaults change places in one moment, behind a gate. Until then old code finds its
 * column, its default and its type as they were.
 */
export const enumByNewType: SequenceRecipe = {
  name: 'enum-by-new-type',
  rung: 'new-column-backfill',
  summary: 'Count the rows in the way, fill columns of the new type beside the old ones, then swap types and columns.',
  plan(input) {
    const statement = input.statements[input.at];
    const action = statement?.action;
    const mayBegin =
      action?.kind === 'create-enum' ||
      (action?.kind === 'rename' && action.object === 'type') ||
      (action?.kind === 'alter-table' && action.commands[0]?.kind === 'set-type');
    const found = mayBegin ? replacedEnums(input) : null;
    if (found === null || statement === undefined) return null;
    const changes = found.enums.map((one) => enumChange(input, one));
    if (changes.some((one) => one === null)) return null;
    // The first conversion is what the statements cost; creating and renaming types costs nothing.
    const converts = input.statements
      .slice(input.at, input.at + found.taken)
      .find(({ action: one }) => one.kind === 'alter-table' && one.commands.some(({ kind }) => kind === 'set-type'));
    return {
      parts: [
        {
          statement: converts ?? statement,
          drafts: changes.flatMap((one) => (one === null ? [] : stepsOf(input, one))),
        },
      ],
      taken: found.taken,
    };
  },
};

interface EnumChange {
  readonly replaced: ReplacedEnum;
  readonly newType: QualifiedName;
  /** Values that are no more. */
  readonly gone: readonly string[];
  readonly columns: readonly { readonly replaced: ReplacedColumn; readonly change: ColumnReplacement }[];
}

function enumChange(input: SequenceInput, replaced: ReplacedEnum): EnumChange | null {
  const { schema, name } = replaced.before.name;
  const newType = { schema, name: makeObjectName('evenkeel', name, 'new') };
  const gone = replaced.before.labels.filter((label) => !replaced.labels.includes(label));
  const columns = replaced.columns.map((one) => ({
    replaced: one,
    change: columnChange(input, one, replaced, newType),
  }));
  if (!columns.every((one): one is EnumChange['columns'][number] => one.change !== null)) return null;
  return { replaced, newType, gone, columns };
}

function columnChange(
  input: SequenceInput,
  one: ReplacedColumn,
  { before, labels }: ReplacedEnum,
  newType: QualifiedName,
): ColumnReplacement | null {
  const { table, key, column } = one;
  if (input.isFresh(key) || one.using === undefined || column.type.arrayDimensions > 0) return null;
  // What compares the column with values of the old type has no meaning for the new one: the server refuses it, too.
  const isCompared = table.constraints.some(
    (constraint) =>
      (constraint.kind === 'check' && constraint.expression.columns.includes(column.name)) ||
      (constraint.kind === 'foreign-key' && constraint.columns.includes(column.name)),
  );
  const type = { ...column.type, ...newType };
  if (isCompared || !canBeReplaced(input, { table, key, type }, column)) return null;
  const typeSql = relationKey(newType);
  const kept = labels.filter((label) => before.labels.includes(label));
  const isAll = kept.length === before.labels.length;
  const using = parseExpression(
    one.using === null ? byName(column.name, typeSql, isAll ? null : kept) : castTo(one.using, typeSql),
  );
  const command = { kind: 'set-type', sql: '', column: column.name, type, typeSql, using, collation: null } as const;
  return columnReplacement(table, key, { ...column, default: one.default }, command);
}

function byName(column: string, typeSql: string, kept: readonly string[] | null): string {
  const name = quoteIdentifier(column);
  const cast = `${name}::text::${typeSql}`;
  return kept === null ? cast : `CASE WHEN ${name}::text IN (${listed(kept)}) THEN ${cast} END`;
}

/** The user's own conversion, to the type under the name that it has for now. */
function castTo({ sql, type }: NonNullable<ReplacedColumn['using']>, typeSql: string): string {
  const name = quoteIdentifier(type).replace(/^"|"$/g, '');
  return sql.replace(
    new RegExp(String.raw`::\s*(?:(?:"(?:[^"]|"")+"|\w+)\s*\.\s*)?(?:"${name}"|${name}\b)`, 'gi'),
    `::${typeSql}`,
  );
}

function stepsOf(input: SequenceInput, change: EnumChange): readonly StepDraft[] {
  const { columns } = change;
  return [
    ...columns.flatMap((one) => countGone(goneFrom(change, one.replaced), one.change, 'now')),
    createType(change),
    ...columns.flatMap((one) => [...followOldColumn(one.change), copyOldRows(one.change), ...sameIndexes(one.change)]),
    gate(change),
    ...columns.flatMap((one) => closeToOldValues(goneFrom(change, one.replaced), one)),
    swap(input, change),
  ];
}

/** Values that a column would lose: none where the user says what becomes of them. */
function goneFrom({ gone }: EnumChange, { using }: ReplacedColumn): readonly string[] {
  return using === null ? gone : [];
}

function listed(labels: readonly string[]): string {
  return labels.map(quoteLiteral).join(', ');
}

/** Somebody has to say what becomes of those rows; the plan does not guess. */
function countGone(
  gone: readonly string[],
  { key, column }: ColumnReplacement,
  when: 'now' | 'again',
): readonly StepDraft[] {
  if (gone.length === 0) return [];
  const name = quoteIdentifier(column.name);
  const values = listed(gone);
  const message = `%s rows of ${key} have a ${column.name} that is no more (${values}): decide what becomes of them, for instance UPDATE ${key} SET ${name} = ... WHERE ${name} IN (${values}), and run the same command again`;
  const sql = `DO $evenkeel$
DECLARE found bigint;
BEGIN
  SELECT count(*) INTO found FROM ${key} WHERE ${name} IN (${values});
  IF found > 0 THEN
    RAISE EXCEPTION USING ERRCODE = '22P02', MESSAGE = pg_catalog.format(${quoteLiteral(message)}, found);
  END IF;
END
$evenkeel$`;
  const note = `${values} ${gone.length === 1 ? 'is a value' : 'are values'} of ${key}.${column.name} no more. The plan counts the rows that have ${gone.length === 1 ? 'it' : 'one of them'} before it changes anything, and again behind the gate, and stops where there are any: what becomes of them is yours to decide.`;
  return [
    {
      kind: 'transaction',
      name: `count-${column.name}-${when}`,
      phase: when === 'now' ? 'expand' : 'contract',
      why: 'Counts the rows with a value that is no more; reads and writes go on meanwhile.',
      sql: [sql],
      undo: [],
      postCondition: { sentence: 'no row was in the way when the step looked', sql: null },
      locks: [{ relation: key, mode: 'ACCESS SHARE' }],
      ...(when === 'now' ? { note } : {}),
    },
  ];
}

function createType({ replaced, newType }: EnumChange): TransactionDraft {
  const name = relationKey(newType);
  return {
    kind: 'transaction',
    name: `type-${newType.name}`,
    phase: 'expand',
    why: 'The new type under a name of its own: what running code casts to the old one goes on working.',
    sql: [`CREATE TYPE ${name} AS ENUM (${listed(replaced.labels)})`],
    undo: [`DROP TYPE IF EXISTS ${name}`],
    postCondition: typeExists(newType),
  };
}

function gate({ replaced, gone, columns }: EnumChange): GateDraft {
  const type = relationKey(replaced.before.name);
  const where = columns.map(({ change }) => `${change.key}.${change.column.name}`).join(', ');
  const added = replaced.labels.filter((label) => !replaced.before.labels.includes(label));
  const leave =
    gone.length === 0
      ? `can live with a new type of ${where}`
      : `neither writes ${listed(gone)} to ${where} nor waits for it`;
  const early = added.length === 0 ? '' : ` The new values (${listed(added)}) can be written once the plan is through.`;
  return {
    kind: 'gate',
    name: `gate-enum-${replaced.before.name.name}`,
    phase: 'contract',
    why: `From here on ${gone.length === 0 ? `${type} is another type` : `${listed(gone)} is refused`}; prepared statements that return it have to be prepared again.`,
    deploy: `Deploy code that ${leave}, and wait until no older version runs.${early}`,
  };
}

/** What the old column cannot hold any more cannot get lost in the swap; NOT NULL waits for that, too. */
function closeToOldValues(
  gone: readonly string[],
  { replaced, change }: EnumChange['columns'][number],
): readonly StepDraft[] {
  const { key, column } = change;
  const name = makeObjectName('evenkeel', column.name, 'kept');
  const close: StepDraft = {
    kind: 'replan',
    sql: `ALTER TABLE ${key} ADD CONSTRAINT ${quoteIdentifier(name)} CHECK (${quoteIdentifier(column.name)}::text NOT IN (${listed(gone)}))`,
  };
  const isClosed = gone.length === 0 ? [] : [...countGone(gone, change, 'again'), close];
  return [...isClosed, ...(replaced.using === null ? [] : closeToUnfit(change)), ...sameConstraints(change)];
}

function swap(input: SequenceInput, { replaced, newType, columns }: EnumChange): TransactionDraft {
  const { name, schema } = replaced.before.name;
  const old = replaced.oldName ?? { schema, name: makeObjectName('evenkeel', name, 'old') };
  const rename = (from: QualifiedName, to: QualifiedName): string =>
    `ALTER TYPE ${relationKey(from)} RENAME TO ${quoteIdentifier(to.name)}`;
  const recipeInput: Pick<RecipeInput, 'catalog' | 'version'> = input;
  const [first] = columns;
  return {
    kind: 'transaction',
    name: `swap-${name}`,
    phase: 'contract',
    why: 'Types and columns change places together, with their defaults: catalog work only, a moment under ACCESS EXCLUSIVE.',
    sql: [
      rename(replaced.before.name, old),
      rename(newType, replaced.before.name),
      ...columns.flatMap(({ change }) => swapSql(recipeInput, change)),
      ...(replaced.oldName === null ? [`DROP TYPE ${relationKey(old)}`] : []),
    ],
    undo: null,
    postCondition: columnIsGone(first?.change.key ?? '', first?.change.newColumn ?? ''),
  };
}
