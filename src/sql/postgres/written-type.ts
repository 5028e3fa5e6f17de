import type { Node, TypeName } from 'libpg-query';
import { InvariantError } from '../../model/error.ts';
import { parseAlone } from './expression-sql.ts';
import { type StatementSource, sliceSql } from './statement-source.ts';
import { sameTree } from './tree-walk.ts';

/** A type as the statement spells it: `int`, `varchar(20)`, `interval day to second(3)`, `bigserial`. */
export function writtenType(type: TypeName, source: StatementSource): string {
  const cast: Node = { TypeCast: { arg: { A_Const: { isnull: true } }, typeName: type } };
  const start = source.tokenAt(type.location);
  for (let end = start + 1; end <= source.tokens().length; end += 1) {
    const slice = sliceSql(source, start, end);
    if (!sameTree(parseAlone(`NULL::${slice}`), cast)) continue;
    // These words change nothing, but they were written.
    const rest = sliceSql(source, end, end + 3);
    return rest.toUpperCase() === 'WITHOUT TIME ZONE' ? `${slice} ${rest}` : slice;
  }
  throw new InvariantError(`The type at word ${start} cannot be told apart from what is around it: ${source.sql}`);
}
