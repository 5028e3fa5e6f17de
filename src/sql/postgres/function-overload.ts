import type { CreateFunctionStmt, FunctionParameter, ObjectWithArgs } from 'libpg-query';
import type { FunctionOverload } from '../../model/catalog.ts';
import type { DataType } from '../../model/data-type.ts';
import { dataTypeOf } from './data-type-of.ts';
import { nodesOf } from './tree-node.ts';

const PASSED: ReadonlySet<string> = new Set([
  'FUNC_PARAM_IN',
  'FUNC_PARAM_INOUT',
  'FUNC_PARAM_VARIADIC',
  'FUNC_PARAM_DEFAULT',
]);
const ANSWERED: ReadonlySet<string> = new Set(['FUNC_PARAM_OUT', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_TABLE']);

/** By which types a function or procedure is told from others of its name. */
export function functionOverload(statement: CreateFunctionStmt): FunctionOverload {
  const parameters = nodesOf(statement.parameters, 'FunctionParameter');
  const makesUpResult = parameters.some((one) => ANSWERED.has(one.mode ?? ''));
  const { returnType } = statement;
  return {
    kind: statement.is_procedure === true ? 'procedure' : 'function',
    arguments: parameters.filter((one) => PASSED.has(one.mode ?? '')).flatMap(typeOf),
    result:
      returnType === undefined || makesUpResult || returnType.pct_type === true ? null : bare(dataTypeOf(returnType)),
    returnsSet: returnType?.setof ?? false,
  };
}

/** The types after a function's name in DROP FUNCTION; null when they are left out. */
export function argumentTypes(object: ObjectWithArgs): readonly DataType[] | null {
  if (object.args_unspecified === true) return null;
  return nodesOf(object.objargs, 'TypeName').map((type) => bare(dataTypeOf(type)));
}

function typeOf(parameter: FunctionParameter): readonly DataType[] {
  return parameter.argType === undefined ? [] : [bare(dataTypeOf(parameter.argType))];
}

/** Functions are not told apart by the modifiers of their types. */
function bare(type: DataType): DataType {
  return { ...type, modifiers: [] };
}
