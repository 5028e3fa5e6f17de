import type { AlterCommandOf } from '../model/alter-command.ts';
import type { Catalog, Column, Table, UserType } from '../model/catalog.ts';
import { resolveName } from '../model/catalog-lookup.ts';
import type { Expression } from '../model/expression.ts';
import { type QualifiedName, type RelationKey, relationKey } from '../model/relation-name.ts';
import type { Statement } from '../model/statement.ts';
import type { SequenceInput } from './sequence-recipe.ts';

/** What a run of statements comes to: an enum has other values than before, and columns are of the new one. */
export interface ReplacedEnum {
  readonly before: Extract<UserType, { kind: 'enum' }>;
  readonly labels: readonly string[];
  /** What the old type is called afterwards; null when it is dropped. */
  readonly oldName: QualifiedName | null;
  readonly columns: readonly ReplacedColumn[];
}

export interface ReplacedColumn {
  readonly table: Table;
  readonly key: RelationKey;
  readonly column: Column;
  /** What its default is in the end. */
  readonly default: Expression | null;
  /** The conversion that the statements say; null for the value of the same name, undefined where it takes two. */
  readonly using: { readonly sql: string; readonly type: string } | null | undefined;
}

export interface ReplacedEnums {
  readonly enums: readonly ReplacedEnum[];
  /** The statements that it takes, from the one in question on. */
  readonly taken: number;
}

/**
 * The ways to take a value out of an enum look different in every tool: rename, create, convert, drop; or create,
 * convert, rename, rename, drop; or convert to text, drop, create, convert back. What they come to is the same, and is
 * seen by folding them: the longest run of such statements after which only enums and the columns of theirs are others.
 */
export function replacedEnums(input: SequenceInput): ReplacedEnums | null {
  const { statements, at, catalog, tools } = input;
  let folded = catalog;
  let found: ReplacedEnums | null = null;
  for (let end = at; end < statements.length; end += 1) {
    const statement = statements[end];
    if (statement === undefined || !belongs(statement)) break;
    if (tools.deriveFacts(statement, folded).failure !== null) break;
    folded = tools.applyStatement(folded, statement);
    const enums = enumsReplaced(catalog, folded, statements.slice(at, end + 1));
    if (enums !== null) found = { enums, taken: end - at + 1 };
  }
  return found;
}

function belongs({ action }: Statement): boolean {
  if (action.kind === 'rename') return action.object === 'type';
  if (action.kind === 'drop') return action.object === 'type' && !action.cascade;
  if (action.kind !== 'alter-table') return action.kind === 'create-enum';
  return action.commands.every(({ kind }) => kind === 'set-type' || kind === 'set-default' || kind === 'drop-default');
}

function enumsReplaced(before: Catalog, after: Catalog, run: readonly Statement[]): readonly ReplacedEnum[] | null {
  const changed = Object.entries(before.types).filter(
    ([key, type]) => JSON.stringify(after.types[key]) !== JSON.stringify(type),
  );
  const added = Object.entries(after.types).filter(([key]) => before.types[key] === undefined);
  const columns = columnsChanged(before, after, run);
  if (columns === null || changed.length === 0) return null;
  const enums = changed.flatMap(([key, type]): ReplacedEnum[] => {
    const now = after.types[key];
    if (type.kind !== 'enum' || now?.kind !== 'enum') return [];
    const old = added.find(([, one]) => one.kind === 'enum' && one.labels.join('\n') === type.labels.join('\n'));
    const own = columns.filter(({ column }) => isOf(column, type.name));
    return [{ before: type, labels: now.labels, oldName: old?.[1].name ?? null, columns: own }];
  });
  const explained = enums.reduce((sum, one) => sum + one.columns.length, 0);
  const kept = enums.filter(({ oldName }) => oldName !== null).length;
  const isClean = enums.length === changed.length && added.length === kept && explained === columns.length;
  return isClean && enums.every((one) => one.columns.length > 0) ? enums : null;
}

function isOf({ type }: Column, name: QualifiedName): boolean {
  return type.name === name.name && type.schema === name.schema;
}

/** Columns that the run converts; null when it changes anything else about tables. */
function columnsChanged(before: Catalog, after: Catalog, run: readonly Statement[]): readonly ReplacedColumn[] | null {
  const converted: ReplacedColumn[] = [];
  for (const [key, table] of Object.entries(before.relations)) {
    const now = after.relations[key];
    if (now === table || table.kind !== 'table') continue;
    if (now?.kind !== 'table') return null;
    for (const column of table.columns) {
      const last = now.columns.find((one) => one.name === column.name);
      if (last === undefined || !sameBut(column, last)) return null;
      const conversions = conversionsOf(key, column.name, after, run);
      if (conversions.length > 0) {
        converted.push({ table, key, column, default: last.default, using: usingOf(conversions) });
      } else if (JSON.stringify(last) !== JSON.stringify(column)) {
        return null;
      }
    }
  }
  return converted;
}

/** Types are compared by name: the new enum bears the old one's. */
function sameBut(before: Column, after: Column): boolean {
  return JSON.stringify({ ...before, default: null }) === JSON.stringify({ ...after, default: null });
}

function conversionsOf(
  key: RelationKey,
  column: string,
  catalog: Catalog,
  run: readonly Statement[],
): readonly AlterCommandOf<'set-type'>[] {
  const commands = run.flatMap(({ action }) =>
    action.kind === 'alter-table' && relationKey(resolveName(catalog, action.name)) === key ? action.commands : [],
  );
  return commands.flatMap((one) => (one.kind === 'set-type' && one.column === column ? [one] : []));
}

function usingOf(conversions: readonly AlterCommandOf<'set-type'>[]): ReplacedColumn['using'] {
  const said = conversions.flatMap(({ using, type }) =>
    using === null || isByName(using.sql) ? [] : { sql: using.sql, type: type.name },
  );
  const [only] = said;
  if (only === undefined) return null;
  return conversions.length === 1 ? only : undefined;
}

/** `c::text::status`, `"c"::"public"."status"`: a column and casts, nothing else. */
function isByName(using: string): boolean {
  const name = String.raw`(?:"(?:[^"]|"")+"|\w+)`;
  const cast = String.raw`\s*::\s*${name}(?:\s*\.\s*${name})?(?:\s*\[\s*\])?`;
  return new RegExp(String.raw`^\(?${name}(?:\.${name})?(?:${cast})+\)?$`).test(using.trim());
}
