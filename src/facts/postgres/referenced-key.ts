import type { Table } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { ForeignKeyDefinition } from '../../model/definition.ts';
import { relationKey } from '../../model/relation-name.ts';
import { baseTypeOf } from './base-type.ts';
import { hasCast } from './built-in-casts.ts';
import { type FactsContext, isKnown, requireColumn } from './facts-context.ts';
import { addFailure } from './facts-draft.ts';

/** The side of a foreign key that refers. */
export interface ReferringTable {
  readonly persistence: Table['persistence'];
  readonly typeOf: (column: string) => DataType | undefined;
  readonly isGenerated: (column: string) => boolean;
}

/**
 * Notes why a foreign key to a table would be refused: what outlives what, no unique key over its columns, types that do
 * not compare; in the order in which the server looks (ATAddForeignKeyConstraint in its source).
 */
export function refuseReferences(
  context: FactsContext,
  target: Table,
  key: ForeignKeyDefinition,
  from: ReferringTable,
): void {
  const { draft } = context;
  if (!isKnown(target)) return;
  const name = relationKey(target.name);
  if (!mayOutlive(from.persistence, target.persistence)) {
    addFailure(draft, '42P16', `what is ${from.persistence} cannot refer to ${name}, which is ${target.persistence}`);
  }
  const columns = key.referencedColumns.length > 0 ? key.referencedColumns : primaryKeyColumns(target);
  if (columns === null) return addFailure(draft, '42704', `${name} has no primary key to refer to`);
  for (const column of columns) requireColumn(context, target, column);
  const uniqueness = uniquenessOf(target, columns);
  if (uniqueness === 'none') {
    return addFailure(draft, '42830', `${name} has no unique constraint over (${columns.join(', ')})`);
  }
  if (uniqueness === 'deferrable') {
    return addFailure(draft, '55000', `the unique constraint over (${columns.join(', ')}) of ${name} is deferrable`);
  }
  if (key.columns.some(from.isGenerated) && changesColumns(key)) {
    addFailure(draft, '42601', 'a foreign key cannot set a generated column');
  }
  if (columns.length !== key.columns.length) {
    return addFailure(
      draft,
      '42830',
      `the foreign key has ${key.columns.length} columns and refers to ${columns.length}`,
    );
  }
  refuseTypes(context, target, key, columns, from);
}

function refuseTypes(
  context: FactsContext,
  target: Table,
  key: ForeignKeyDefinition,
  columns: readonly string[],
  { typeOf }: ReferringTable,
): void {
  for (const [position, column] of columns.entries()) {
    const from = typeOf(key.columns[position] ?? '');
    const to = target.columns.find((one) => one.name === column)?.type;
    if (from === undefined || to === undefined) continue;
    const [mine, theirs] = [baseTypeOf(context, from), baseTypeOf(context, to)];
    refuseOneCollation(context, mine, theirs);
    if (canCompare(context, mine, theirs)) continue;
    const referring = `${key.columns[position]} (${from.name})`;
    addFailure(
      context.draft,
      '42804',
      `${referring} cannot refer to ${relationKey(target.name)}.${column} (${to.name})`,
    );
  }
}

/** Rows must not refer to rows that are gone after a crash, or that other sessions do not see. */
function mayOutlive(from: Table['persistence'], to: Table['persistence']): boolean {
  if (from === 'temporary' || to === 'temporary') return from === to;
  return from === 'unlogged' || to === 'permanent';
}

function changesColumns({ onDelete, onUpdate }: ForeignKeyDefinition): boolean {
  return /SET\s+(NULL|DEFAULT)/i.test(onDelete) || /CASCADE|SET\s+(NULL|DEFAULT)/i.test(onUpdate);
}

function primaryKeyColumns(table: Table): readonly string[] | null {
  const key = table.constraints.find((one) => one.kind === 'primary-key');
  return key?.kind === 'primary-key' ? key.columns : null;
}

function uniquenessOf(table: Table, columns: readonly string[]): 'immediate' | 'deferrable' | 'none' {
  const wanted = [...columns].sort().join();
  const fits = table.indexes.filter(
    (one) =>
      one.unique &&
      one.valid &&
      one.predicate === null &&
      one.keys
        .map((key) => key.column ?? '()')
        .sort()
        .join() === wanted,
  );
  if (fits.length === 0) return 'none';
  const isDeferrable = (constraint: string | null): boolean =>
    table.constraints.some((one) => 'deferrable' in one && one.name === constraint && one.deferrable);
  return fits.every((one) => isDeferrable(one.constraint)) ? 'deferrable' : 'immediate';
}

/** Types that compare with each other across their borders (the btree operator families of the server). */
const FAMILIES: readonly (readonly string[])[] = [
  ['int2', 'int4', 'int8'],
  ['float4', 'float8'],
  ['date', 'timestamp', 'timestamptz'],
  ['text', 'varchar', 'name'],
];

const COLLATABLE = new Set(['text', 'varchar', 'bpchar', 'name', 'citext']);

/** Since 18 both sides of a foreign key have a collation, or none has. */
export function refuseOneCollation({ draft, version }: FactsContext, from: DataType, to: DataType): void {
  const has = [from, to].map((type) => type.arrayDimensions === 0 && COLLATABLE.has(type.name));
  const isChar = from.name === 'char' || to.name === 'char';
  if (version.major < 18 || !isChar || has[0] === has[1]) return;
  addFailure(draft, 'XX000', `${from.name} and ${to.name} do not both have a collation`);
}

/** Only what is certain is refused: types that this house does not know well are taken for comparable. */
export function canCompare(context: FactsContext, from: DataType, to: DataType): boolean {
  if (from.arrayDimensions > 0 !== to.arrayDimensions > 0) return false;
  if (from.arrayDimensions > 0 || from.name === to.name) return true;
  const isMade = (type: DataType): boolean =>
    ['enum', 'composite', 'range'].includes(findType(context.catalog, type)?.kind ?? '');
  if (isMade(from) || isMade(to)) return false;
  if (FAMILIES.some((family) => family.includes(from.name) && family.includes(to.name))) return true;
  return hasCast(from.name, to.name === 'varchar' ? 'text' : to.name, 'implicit') !== false;
}
