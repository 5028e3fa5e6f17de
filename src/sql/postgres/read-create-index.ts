import type { IndexElem, IndexStmt } from 'libpg-query';
import type { CreateIndex } from '../../model/action.ts';
import type { IndexKey } from '../../model/definition.ts';
import { expressionOf } from './expression-of.ts';
import { relationReference } from './relation-reference.ts';
import { endOfRelation, type StatementSource, sliceSql } from './statement-source.ts';
import { isWord } from './token.ts';
import { nodesOf, strings } from './tree-node.ts';

/** CREATE INDEX. `definitionSql` always opens with `USING method`, written or not. */
export function readCreateIndex(statement: IndexStmt, source: StatementSource): CreateIndex {
  const method = statement.accessMethod ?? 'btree';
  const rest = endOfRelation(source, source.tokenAt(statement.relation?.location));
  const written = sliceSql(source, rest);
  return {
    kind: 'create-index',
    name: statement.idxname ?? null,
    table: relationReference(statement.relation),
    unique: statement.unique ?? false,
    concurrently: statement.concurrent ?? false,
    ifNotExists: statement.if_not_exists ?? false,
    only: statement.relation?.inh !== true,
    method,
    keys: nodesOf(statement.indexParams, 'IndexElem').map((element) => keyOf(element, source)),
    include: nodesOf(statement.indexIncludingParams, 'IndexElem').map((element) => element.name ?? ''),
    predicate: statement.whereClause === undefined ? null : expressionOf(statement.whereClause, source),
    definitionSql: isWord(source.tokens()[rest], 'USING') ? written : `USING ${method} ${written}`,
  };
}

function keyOf(element: IndexElem, source: StatementSource): IndexKey {
  const given = strings(element.opclass).join('.');
  const operatorClass = given === '' ? {} : { operatorClass: given };
  if (element.expr !== undefined) {
    return { column: null, expression: expressionOf(element.expr, source), ...operatorClass };
  }
  return { column: element.name ?? '', expression: null, ...operatorClass };
}
