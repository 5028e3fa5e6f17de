import type { Node, TransactionStmt, VariableSetStmt } from 'libpg-query';
import type { TransactionControl } from '../../model/action.ts';
import type { SetVariable } from '../../model/set-variable.ts';
import { quoteIdentifier } from './quote.ts';
import { type StatementSource, sliceSql } from './statement-source.ts';
import { asNode } from './tree-node.ts';

/** SET and RESET; `SET TRANSACTION` and the like count as a variable of that name, RESET ALL as one named `all`. */
export function readSetVariable(statement: VariableSetStmt, source: StatementSource): SetVariable {
  const name = (statement.name ?? 'all').toLowerCase();
  const local = statement.is_local ?? false;
  switch (statement.kind) {
    case 'VAR_SET_VALUE':
      return { kind: 'set-variable', name, value: settingValue(name, statement.args ?? [], source), local };
    case 'VAR_SET_MULTI':
      return { kind: 'set-variable', name, value: sliceSql(source, 1), local: name.startsWith('transaction') };
    default:
      return { kind: 'set-variable', name, value: null, local };
  }
}

/** As the server stores it: the names of a search_path are names, quoted where they need it; others are plain text. */
function settingValue(name: string, args: readonly Node[], source: StatementSource): string {
  return args
    .map((arg) => {
      const text = constantText(arg) ?? sliceSql(source, source.tokens().length - 1);
      return name === 'search_path' ? quoteIdentifier(text) : text;
    })
    .join(', ');
}

function constantText(arg: Node): string | null {
  const constant = asNode(arg, 'A_Const');
  if (constant?.sval !== undefined) return constant.sval.sval ?? '';
  if (constant?.ival !== undefined) return String(constant.ival.ival ?? 0);
  if (constant?.fval !== undefined) return constant.fval.fval ?? '';
  if (constant?.boolval !== undefined) return String(constant.boolval.boolval ?? false);
  // SET TIME ZONE INTERVAL '...' alone has a cast here.
  const cast = asNode(arg, 'TypeCast');
  return cast?.arg === undefined ? null : constantText(cast.arg);
}

const VERBS: Readonly<Record<string, TransactionControl['verb']>> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'commit',
  TRANS_STMT_ROLLBACK: 'rollback',
  TRANS_STMT_SAVEPOINT: 'savepoint',
  TRANS_STMT_RELEASE: 'release',
  TRANS_STMT_ROLLBACK_TO: 'rollback-to',
  TRANS_STMT_PREPARE: 'prepare',
};

/** BEGIN, COMMIT, ROLLBACK, SAVEPOINT and the rest. */
export function readTransaction(statement: TransactionStmt): TransactionControl {
  return { kind: 'transaction', verb: VERBS[statement.kind ?? ''] ?? 'other' };
}
