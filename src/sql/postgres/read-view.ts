import type { CreateTableAsStmt, RefreshMatViewStmt, ViewStmt } from 'libpg-query';
import type { CreateTableAs, CreateView, RefreshMaterializedView } from '../../model/action.ts';
import { columnsRead } from './columns-read.ts';
import { createdName } from './created-name.ts';
import { queryColumns } from './query-columns.ts';
import { readsInFull } from './query-reach.ts';
import { quoteIdentifier } from './quote.ts';
import { relationReference } from './relation-reference.ts';
import { relationsIn } from './relations-in.ts';
import { endOfRelation, findWord, type StatementSource, sliceSql } from './statement-source.ts';
import { isWord } from './token.ts';
import { strings } from './tree-node.ts';

/** CREATE VIEW; `sql` is the query alone. */
export function readCreateView(statement: ViewStmt, source: StatementSource): CreateView {
  const query = statement.query;
  const reads = query === undefined ? [] : relationsIn(query).reads;
  return {
    kind: 'create-view',
    name: createdName(statement.view),
    replace: statement.replace ?? false,
    reads,
    columns: query === undefined ? [] : columnsRead(query, reads),
    sql: viewQuery(statement, source),
    ...(query === undefined ? {} : { query: queryColumns(query) }),
    aliases: strings(statement.aliases),
  };
}

/** CREATE TABLE AS and CREATE MATERIALIZED VIEW; `sql` is the query alone. */
export function readCreateTableAs(statement: CreateTableAsStmt, source: StatementSource): CreateTableAs {
  const into = statement.into?.rel;
  const withData = statement.into?.skipData !== true;
  const tokens = source.tokens();
  const start = queryStart(source, into?.location);
  // WITH DATA, or WITH NO DATA.
  const tail = isWord(tokens.at(-1), 'DATA') ? (withData ? 2 : 3) : 0;
  return {
    kind: 'create-table-as',
    object: statement.objtype === 'OBJECT_MATVIEW' ? 'materialized-view' : 'table',
    name: createdName(into),
    ifNotExists: statement.if_not_exists ?? false,
    withData,
    reads: statement.query === undefined ? [] : relationsIn(statement.query).reads,
    readsInFull: statement.query !== undefined && readsInFull(statement.query),
    sql: sliceSql(source, start, tokens.length - (isWord(tokens.at(-tail), 'WITH') ? tail : 0)),
    ...(statement.query === undefined ? {} : { query: queryColumns(statement.query) }),
  };
}

/** REFRESH MATERIALIZED VIEW. */
export function readRefresh(statement: RefreshMatViewStmt): RefreshMaterializedView {
  return {
    kind: 'refresh-materialized-view',
    name: relationReference(statement.relation),
    concurrently: statement.concurrent ?? false,
    withData: statement.skipData !== true,
  };
}

function queryStart(source: StatementSource, nameLocation: number | undefined): number {
  return findWord(source, 'AS', endOfRelation(source, source.tokenAt(nameLocation))) + 1;
}

function viewQuery(statement: ViewStmt, source: StatementSource): string {
  const start = queryStart(source, statement.view?.location);
  const tail = { NO_CHECK_OPTION: 0, LOCAL_CHECK_OPTION: 4, CASCADED_CHECK_OPTION: 3 }[
    statement.withCheckOption ?? 'NO_CHECK_OPTION'
  ];
  const tokens = source.tokens();
  // CASCADED is what plain WITH CHECK OPTION means, so it may be written or not.
  const extra = tail === 3 && isWord(tokens.at(-3), 'CASCADED') ? 1 : 0;
  const query = sliceSql(source, start, tokens.length - tail - extra);
  if (!isRecursive(source, start)) return query;
  const name = quoteIdentifier(statement.view?.relname ?? '');
  const columns = strings(statement.aliases).map(quoteIdentifier).join(', ');
  return `WITH RECURSIVE ${name} (${columns}) AS (${query}) SELECT ${columns} FROM ${name}`;
}

/** CREATE RECURSIVE VIEW is short for a view on a recursive query of the same name. */
function isRecursive(source: StatementSource, before: number): boolean {
  return source
    .tokens()
    .slice(0, before)
    .some((token, index, all) => isWord(token, 'RECURSIVE') && isWord(all[index + 1], 'VIEW'));
}
