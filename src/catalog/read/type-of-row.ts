import type { DataType } from '../../model/data-type.ts';

/** The columns of a row that describe a type; see `TYPE_COLUMNS`. */
export interface TypeRow {
  readonly typeSchema: string;
  readonly typeName: string;
  readonly typeModifier: number;
  readonly isArray: boolean;
}

/** What to select for `typeOfRow`; wants pg_type as `t` and the modifier's expression, and `TYPE_JOINS` in FROM. */
export function typeColumns(modifier: string): string {
  return `tn.nspname AS "typeSchema", coalesce(te.typname, t.typname) AS "typeName",
    ${modifier} AS "typeModifier", te.oid IS NOT NULL AS "isArray"`;
}

/** Joins the element of an array type as `te` and the namespace of what is left as `tn`. */
export const TYPE_JOINS = `LEFT JOIN pg_type te ON te.typarray = t.oid
  JOIN pg_namespace tn ON tn.oid = coalesce(te.typnamespace, t.typnamespace)`;

/** The type of a column or of a domain's base. */
export function typeOfRow(row: TypeRow): DataType {
  const schema = row.typeSchema === 'pg_catalog' ? null : row.typeSchema;
  return {
    schema,
    name: row.typeName,
    modifiers: schema === null && row.typeModifier >= 0 ? modifiersOf(row.typeName, row.typeModifier) : [],
    arrayDimensions: row.isArray ? 1 : 0,
  };
}

const NO_PRECISION = 0xffff;

/** Type modifiers as the server packs them (each type's `typmodout` in its source). */
function modifiersOf(name: string, packed: number): readonly number[] {
  switch (name) {
    case 'varchar':
    case 'bpchar':
      return [packed - 4];
    case 'numeric': {
      // 11 bits with a sign since 15; before that the scale is never negative.
      const scale = ((packed - 4) & 0x7ff) ^ 1024;
      return [((packed - 4) >> 16) & 0xffff, scale - 1024];
    }
    case 'interval':
      return (packed & NO_PRECISION) === NO_PRECISION ? [] : [packed & NO_PRECISION];
    default:
      return [packed];
  }
}
