import type { DataType } from '../../model/data-type.ts';
import { SqlSyntaxError } from '../../model/error.ts';
import { dataTypeOf } from './data-type-of.ts';
import { selectedExpression } from './selected-expression.ts';
import { asNode } from './tree-node.ts';

/**
 * Reads a type as `format_type` writes it.
 *
 * @throws SqlSyntaxError when the text is not a type; its path is the text itself.
 * @example parseType('character varying(20)[]')
 * // { schema: null, name: 'varchar', modifiers: [20], arrayDimensions: 1 }
 */
export function parseType(sql: string): DataType {
  const cast = asNode(selectedExpression('SELECT NULL::', sql, 'a type'), 'TypeCast');
  if (cast?.typeName === undefined) {
    throw new SqlSyntaxError(`This is not a type: ${sql}`, { path: sql, line: 1, column: 1 });
  }
  return dataTypeOf(cast.typeName);
}
