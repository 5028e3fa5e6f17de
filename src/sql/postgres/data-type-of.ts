import type { Node, TypeName } from 'libpg-query';
import type { DataType } from '../../model/data-type.ts';
import { asNode, strings } from './tree-node.ts';

/** What `serial` and its like are made of (transformColumnDefinition in parse_utilcmd.c). */
const SERIAL_TYPES: Readonly<Record<string, string>> = {
  smallserial: 'int2',
  serial2: 'int2',
  serial: 'int4',
  serial4: 'int4',
  bigserial: 'int8',
  serial8: 'int8',
};

/**
 * The type that the grammar read. `serial` is folded into its integer; the server keeps no count of an array's
 * dimensions, so `int[][]` is one array as `int[]` is. Where a modifier is no number, all of them stand in the name, so
 * that `geometry(Point, 4326)` and `geometry(Polygon, 4326)` are not taken for the same type.
 */
export function dataTypeOf(type: TypeName): DataType {
  const names = strings(type.names);
  const name = names.at(-1) ?? '';
  const schema = names.length > 1 ? (names.at(-2) ?? null) : null;
  const modifiers = (type.typmods ?? []).map(modifierOf);
  const numbers = modifiers.filter((modifier) => typeof modifier === 'number');
  const isNumeric = numbers.length === modifiers.length;
  // numeric(10) is numeric(10, 0), and that is how the server keeps it.
  if (schema === 'pg_catalog' && name === 'numeric' && numbers.length === 1) numbers.push(0);
  const baseName = isSerialType(type) ? (SERIAL_TYPES[name] ?? name) : name;
  return {
    schema: schema === 'pg_catalog' ? null : schema,
    name: isNumeric ? baseName : `${baseName}(${modifiers.join(',')})`,
    // The first modifier of an interval is a mask of its fields.
    modifiers: isNumeric ? numbers.slice(schema === 'pg_catalog' && name === 'interval' ? 1 : 0) : [],
    arrayDimensions: (type.arrayBounds ?? []).length > 0 ? 1 : 0,
  };
}

/** Whether the type is `serial`, `bigserial`, `smallserial` or one of their numbered names. */
export function isSerialType(type: TypeName): boolean {
  const names = strings(type.names);
  return names.length === 1 && (type.arrayBounds ?? []).length === 0 && Object.hasOwn(SERIAL_TYPES, names[0] ?? '');
}

/** The tree leaves out a field that is zero, so `numeric(5, 0)` ends in a constant whose integer is empty. */
function modifierOf(node: Node): number | string {
  const constant = asNode(node, 'A_Const');
  if (constant?.ival !== undefined) return constant.ival.ival ?? 0;
  return constant?.sval?.sval ?? strings(asNode(node, 'ColumnRef')?.fields).join('.');
}
