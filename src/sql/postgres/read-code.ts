import type { CallStmt, CreateFunctionStmt, CreateTrigStmt, DoStmt, Node } from 'libpg-query';
import type { CodeBlock, CreateFunction, CreateTrigger } from '../../model/action.ts';
import { functionName, namesIn } from './expression-of.ts';
import { namedBy, relationReference } from './relation-reference.ts';
import { type StatementSource, sliceSql } from './statement-source.ts';
import { isWord } from './token.ts';
import { asNode, nodesOf, stringOf, strings } from './tree-node.ts';

/** CREATE FUNCTION and CREATE PROCEDURE. A body in the new SQL form is cut out as it is written, from RETURN or BEGIN. */
export function readCreateFunction(statement: CreateFunctionStmt, source: StatementSource): CreateFunction {
  const volatility = stringOf(optionNamed(statement.options, 'volatility'));
  const body = strings(asNode(optionNamed(statement.options, 'as'), 'List')?.items).join(', ');
  return {
    kind: 'create-function',
    name: namedBy(strings(statement.funcname)),
    replace: statement.replace ?? false,
    volatility: volatility === 'immutable' || volatility === 'stable' ? volatility : 'volatile',
    language: (stringOf(optionNamed(statement.options, 'language')) ?? 'sql').toLowerCase(),
    body: statement.sql_body === undefined ? body : sqlBody(source),
  };
}

function sqlBody(source: StatementSource): string {
  const tokens = source.tokens();
  const begin = tokens.findIndex((token, index) => isWord(token, 'BEGIN') && isWord(tokens[index + 1], 'ATOMIC'));
  if (begin >= 0) return sliceSql(source, begin);
  return sliceSql(
    source,
    tokens.findLastIndex((token) => token.depth === 0 && isWord(token, 'RETURN')),
  );
}

/** CREATE TRIGGER; `columns` are those of UPDATE OF and of the WHEN condition. */
export function readCreateTrigger(statement: CreateTrigStmt): CreateTrigger {
  const inCondition = statement.whenClause === undefined ? [] : namesIn(statement.whenClause).columns;
  return {
    kind: 'create-trigger',
    name: statement.trigname ?? '',
    table: relationReference(statement.relation),
    replace: statement.replace ?? false,
    references: statement.constrrel === undefined ? null : relationReference(statement.constrrel),
    columns: [...new Set([...strings(statement.columns), ...inCondition])],
    function: functionName(strings(statement.funcname)),
  };
}

/** DO. */
export function readDo(statement: DoStmt): CodeBlock {
  return {
    kind: 'code-block',
    language: (stringOf(optionNamed(statement.args, 'language')) ?? 'plpgsql').toLowerCase(),
    body: stringOf(optionNamed(statement.args, 'as')) ?? '',
  };
}

/** CALL: what the procedure does cannot be seen, so the body is the call itself, in SQL. */
export function readCall(_statement: CallStmt, source: StatementSource): CodeBlock {
  return { kind: 'code-block', language: 'sql', body: sliceSql(source, 0) };
}

function optionNamed(options: readonly Node[] | undefined, name: string): Node | undefined {
  return nodesOf(options, 'DefElem').find((option) => option.defname === name)?.arg;
}
