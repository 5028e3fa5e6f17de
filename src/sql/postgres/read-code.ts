import {
  type CallStmt,
  type CreateFunctionStmt,
  type CreateTrigStmt,
  type DoStmt,
  type Node,
  parseSync,
  type RawStmt,
} from 'libpg-query';
import type { CodeBlock, CreateFunction, CreateTrigger } from '../../model/action.ts';
import type { TriggerEvent } from '../../model/catalog.ts';
import { codeStatements, type ReadAction } from './code-statements.ts';
import { functionName, namesIn } from './expression-of.ts';
import { functionOverload } from './function-overload.ts';
import { namedBy, relationReference } from './relation-reference.ts';
import { touchedBy } from './relations-in.ts';
import { type StatementSource, sliceSql } from './statement-source.ts';
import { isWord } from './token.ts';
import { asNode, nodesOf, stringOf, strings } from './tree-node.ts';

/** CREATE FUNCTION and CREATE PROCEDURE. A body in the new SQL form is cut out as it is written, from RETURN or BEGIN. */
export function readCreateFunction(
  statement: CreateFunctionStmt,
  source: StatementSource,
  readAction: ReadAction,
): CreateFunction {
  const volatility = stringOf(optionNamed(statement.options, 'volatility'));
  const body = strings(asNode(optionNamed(statement.options, 'as'), 'List')?.items).join(', ');
  const language = (stringOf(optionNamed(statement.options, 'language')) ?? 'sql').toLowerCase();
  return {
    kind: 'create-function',
    name: namedBy(strings(statement.funcname)),
    replace: statement.replace ?? false,
    volatility: volatility === 'immutable' || volatility === 'stable' ? volatility : 'volatile',
    language,
    body: statement.sql_body === undefined ? body : sqlBody(source),
    ...touchedBy(statement.sql_body === undefined ? statementsIn(language, body) : [statement.sql_body]),
    overload: functionOverload(statement),
    securityDefiner: asNode(optionNamed(statement.options, 'security'), 'Boolean')?.boolval === true,
    setsSearchPath: nodesOf(statement.options, 'DefElem').some(
      ({ defname, arg }) => defname === 'set' && asNode(arg, 'VariableSetStmt')?.name === 'search_path',
    ),
    ...(statement.sql_body === undefined ? { code: codeStatements(language, body, readAction) } : {}),
  };
}

/** The statements of an SQL body given as a string; one that the grammar does not take has none that can be told. */
function statementsIn(language: string, body: string): readonly Node[] {
  if (language !== 'sql') return [];
  try {
    return (parseSync(body).stmts ?? []).flatMap((one: RawStmt) => one.stmt ?? []);
  } catch {
    return [];
  }
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

/** The bits of pg_trigger.tgtype (TRIGGER_TYPE_INSERT and its like in the server's pg_trigger.h). */
const EVENTS: readonly (readonly [TriggerEvent, number])[] = [
  ['insert', 4],
  ['delete', 8],
  ['update', 16],
  ['truncate', 32],
];

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
    forEachRow: statement.row ?? false,
    timing: timingOf(statement.timing ?? 0),
    events: EVENTS.flatMap(([event, bit]) => (((statement.events ?? 0) & bit) === 0 ? [] : [event])),
  };
}

/** The bits of TRIGGER_TYPE_BEFORE and TRIGGER_TYPE_INSTEAD in the server's pg_trigger.h. */
function timingOf(bits: number): NonNullable<CreateTrigger['timing']> {
  if ((bits & 64) > 0) return 'instead-of';
  return (bits & 2) > 0 ? 'before' : 'after';
}

/** DO. */
export function readDo(statement: DoStmt, readAction: ReadAction): CodeBlock {
  const language = (stringOf(optionNamed(statement.args, 'language')) ?? 'plpgsql').toLowerCase();
  const body = stringOf(optionNamed(statement.args, 'as')) ?? '';
  return { kind: 'code-block', language, body, code: codeStatements(language, body, readAction) };
}

/** CALL: the body is the call itself, in SQL; what the procedure does stands in the catalog. */
export function readCall(statement: CallStmt, source: StatementSource): CodeBlock {
  const calls = namedBy(strings(statement.funccall?.funcname));
  return { kind: 'code-block', language: 'sql', body: sliceSql(source, 0), calls };
}

function optionNamed(options: readonly Node[] | undefined, name: string): Node | undefined {
  return nodesOf(options, 'DefElem').find((option) => option.defname === name)?.arg;
}
