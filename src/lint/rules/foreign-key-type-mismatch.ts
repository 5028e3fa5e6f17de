import type { Catalog } from '../../model/catalog.ts';
import { findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import { type NewForeignKey, newForeignKeys, referencedColumns } from '../foreign-key-definitions.ts';
import type { Rule } from '../rule.ts';

/** Both sides of a foreign key compare, and yet are not of one type. */
export const foreignKeyTypeMismatch: Rule = {
  id: 'foreign-key-type-mismatch',
  severity: 'warning',
  about: ['create-table', 'alter-table'],
  commands: ['add-column', 'add-constraint'],
  ownRemedy: true,
  summary: 'A foreign key column has another type than the column that it refers to.',
  remedy: 'Give the column the type of the one that it refers to before the foreign key is added.',
  check(input) {
    if (input.facts.failure !== null) return null;
    for (const one of newForeignKeys(input)) {
      const found = mismatchOf(one, input.catalog);
      if (found === null) continue;
      return {
        title: `${one.key}.${found.column} is ${inSql(found.from)} and refers to ${one.referenced}.${found.to}, which is ${inSql(found.type)}.`,
        consequence: found.isNarrow
          ? 'Once the referenced key has grown beyond what the narrower column holds, rows that refer to it cannot be written any more.'
          : 'Every check converts the value first, so that it may not be able to use the index.',
        relations: [one.key, one.referenced],
      };
    }
    return null;
  },
};

interface Mismatch {
  readonly column: string;
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly isNarrow: boolean;
}

const INTEGERS: readonly string[] = ['int2', 'int4', 'int8'];
const SQL_NAMES: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
};
const TEXTS: readonly string[] = ['text', 'varchar'];

function mismatchOf(one: NewForeignKey, catalog: Catalog): Mismatch | null {
  for (const [position, to] of referencedColumns(one).entries()) {
    const column = one.constraint.columns[position];
    const own = column === undefined ? undefined : one.typeOf(column);
    const other = one.target?.columns.find(({ name }) => name === to)?.type;
    if (column === undefined || own === undefined || other === undefined) continue;
    const [from, type] = [baseName(catalog, own), baseName(catalog, other)];
    const isInteger = INTEGERS.includes(from) && INTEGERS.includes(type);
    const isNarrow = isInteger && INTEGERS.indexOf(from) < INTEGERS.indexOf(type);
    // A wider integer holds every value, and is compared without a conversion.
    const isFine = from === type || (isInteger && !isNarrow) || (TEXTS.includes(from) && TEXTS.includes(type));
    if (!isFine) return { column, from, to, type, isNarrow };
  }
  return null;
}

function baseName(catalog: Catalog, type: DataType): string {
  const user = findType(catalog, type);
  return user?.kind === 'domain' ? baseName(catalog, user.base) : type.name;
}

/** The name that people write. */
function inSql(type: string): string {
  return SQL_NAMES[type] ?? type;
}
