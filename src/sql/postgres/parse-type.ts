import { parseSync, type TypeName } from 'libpg-query';
import type { DataType } from '../../model/data-type.ts';
import { SqlSyntaxError } from '../../model/error.ts';
import { dataTypeOf } from './data-type-of.ts';
import { syntaxErrorIn } from './syntax-error-in.ts';
import { asNode } from './tree-node.ts';

const PREFIX = 'SELECT NULL::';

/**
 * Reads a type as `format_type` writes it.
 *
 * @throws SqlSyntaxError when the text is not a type; its path is the text itself.
 * @example parseType('character varying(20)[]')
 * // { schema: null, name: 'varchar', modifiers: [20], arrayDimensions: 1 }
 */
export function parseType(sql: string): DataType {
  return dataTypeOf(onlyType(sql));
}

function onlyType(sql: string): TypeName {
  const statement = `${PREFIX}${sql}`;
  let tree: ReturnType<typeof parseSync>;
  try {
    tree = parseSync(statement);
  } catch (error) {
    throw syntaxErrorIn(statement, sql, error, PREFIX.length);
  }
  const select = asNode(tree.stmts?.[0]?.stmt, 'SelectStmt');
  const cast = asNode(asNode(select?.targetList?.[0], 'ResTarget')?.val, 'TypeCast');
  if (tree.stmts?.length !== 1 || cast?.typeName === undefined) {
    throw new SqlSyntaxError(`This is not a type: ${sql}`, { path: sql, line: 1, column: 1 });
  }
  return cast.typeName;
}
