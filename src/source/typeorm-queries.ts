import {
  bareExpression,
  type CodeProblem,
  codeProblem,
  type Expression,
  isProblem,
  startOf,
  type TopStatement,
} from './code-tree.ts';
import type { FunctionNode } from './typeorm-class.ts';
import { type WrittenText, writtenText } from './written-text.ts';

/**
 * The SQL that a migration runs, in order, where its code is nothing but `await queryRunner.query('…')`: what else it
 * does could only be told by running it.
 *
 * @param code the file.
 */
export function readQueries(code: string, { params, body }: FunctionNode): readonly WrittenText[] | CodeProblem {
  const [first] = params;
  const runner = first?.type === 'Identifier' && typeof first.name === 'string' ? first.name : null;
  const texts: WrittenText[] = [];
  for (const statement of body.body) {
    if (statement.type === 'EmptyStatement') continue;
    const text = readQuery(code, statement, runner);
    if (text === null) continue;
    if (isProblem(text)) return text;
    texts.push(text);
    // What stands behind a return never runs.
    if (statement.type === 'ReturnStatement') break;
  }
  return texts;
}

/** null for a return of nothing. */
function readQuery(code: string, statement: TopStatement, runner: string | null): WrittenText | CodeProblem | null {
  const isReturn = statement.type === 'ReturnStatement';
  if (isReturn && statement.argument == null) return null;
  const expression = isReturn
    ? statement.argument
    : statement.type === 'ExpressionStatement'
      ? statement.expression
      : null;
  if (expression == null) return codeProblem(startOf(statement), OTHER_CODE);
  const awaited = bareExpression(expression);
  // A promise that is returned is waited for.
  const call = awaited.type === 'AwaitExpression' ? bareExpression(awaited.argument) : awaited;
  if (call.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') {
    return codeProblem(startOf(statement), OTHER_CODE);
  }
  const { object, property, computed } = call.callee;
  const isOnRunner = object.type === 'Identifier' && object.name === runner && runner !== null;
  const method = property.type === 'Identifier' && !computed ? property.name : null;
  if (!isOnRunner || method === null) return codeProblem(startOf(statement), OTHER_CODE);
  if (method !== 'query') return codeProblem(startOf(property), otherMethod(runner, method));
  if (awaited.type !== 'AwaitExpression' && !isReturn) {
    return codeProblem(startOf(statement), 'Nothing waits for this query, so nobody knows when it runs.');
  }
  const [sql, parameters, ...more] = call.arguments;
  if (sql === undefined || !isExpression(sql)) return codeProblem(startOf(call), 'There is no SQL in this query.');
  const given = [...(parameters === undefined ? [] : [parameters]), ...more].find((one) => !isEmptyList(one));
  if (given !== undefined) {
    return codeProblem(startOf(given), 'The query has parameters: their values are no part of the SQL.');
  }
  return writtenText(code, sql);
}

const OTHER_CODE = "Only await queryRunner.query('…') can be read: what this does can only be told by running it.";

function otherMethod(runner: string, method: string): string {
  return `${runner}.${method} makes its SQL when it runs, so it cannot be read; only ${runner}.query('…') can.`;
}

type Argument = Extract<Expression, { type: 'CallExpression' }>['arguments'][number];

function isExpression(
  argument: Argument,
): argument is Exclude<Argument, { type: 'SpreadElement' | 'ArgumentPlaceholder' }> {
  return argument.type !== 'SpreadElement' && argument.type !== 'ArgumentPlaceholder';
}

function isEmptyList(argument: Argument): boolean {
  return (
    (argument.type === 'ArrayExpression' && argument.elements.length === 0) ||
    (argument.type === 'Identifier' && argument.name === 'undefined')
  );
}
