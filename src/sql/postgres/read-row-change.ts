import { type DeleteStmt, type Node, parseSync, type ResTarget, type UpdateStmt } from 'libpg-query';
import type { Expression } from '../../model/expression.ts';
import type { NoRowChange, RowChange } from '../../model/row-change.ts';
import { namesIn } from './expression-of.ts';
import { parseStatements } from './parse-statements.ts';
import { relationReference } from './relation-reference.ts';
import { relationsIn } from './relations-in.ts';
import { endOfElement, type StatementSource, sliceSql, statementSource } from './statement-source.ts';
import { textPositions } from './text-positions.ts';
import { blankComments, isWord } from './token.ts';
import { asNode, nodesOf } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/**
 * Reads an UPDATE or DELETE that can be done row by row, in its own words.
 *
 * @param path where the text comes from, for error messages.
 * @returns the change, or why the statement is none.
 * @throws SqlSyntaxError when PostgreSQL's parser refuses the text; `loadParser` must have finished.
 * @example readRowChange("UPDATE t SET a = 1 WHERE b", 'x').assignments // 'a = 1'
 */
export function readRowChange(sql: string, path: string): RowChange | NoRowChange {
  const statements = parseStatements(sql, path);
  const [only] = statements;
  if (only === undefined || statements.length > 1) {
    return {
      reason: `A backfill is cut from one statement, and these are ${statements.length}.`,
      remedy: 'give one UPDATE or DELETE, and start one backfill for each',
    };
  }
  const text = blankComments(only.sql);
  const first = parseSync(text).stmts?.[0]?.stmt;
  const positions = textPositions(text);
  const source = statementSource(text, (location) => positions.offsetOfByte(location));
  const update = asNode(first, 'UpdateStmt');
  const removal = asNode(first, 'DeleteStmt');
  if (update === null && removal === null) {
    return { reason: 'This is neither an UPDATE nor a DELETE.', remedy: 'give the UPDATE or DELETE to cut' };
  }
  const statement = update ?? removal ?? {};
  const refused = partOutside(statement);
  if (refused !== null) return refused;
  return update === null ? deletionOf(removal ?? {}, source) : updateOf(update, source);
}

/** What a batch could not say of its own rows alone. */
function partOutside(statement: UpdateStmt & DeleteStmt): NoRowChange | null {
  const { fromClause, usingClause, withClause, returningClause, relation } = statement;
  if (withClause !== undefined) {
    return {
      reason: 'A batch would run the WITH of the statement anew.',
      remedy: 'put what the WITH reads into a sub-select',
    };
  }
  if (fromClause !== undefined || usingClause !== undefined) {
    const word = fromClause === undefined ? 'USING' : 'FROM';
    return {
      reason: `With ${word}, a row may meet several rows of the other table, and which of them counts is left to chance.`,
      remedy: 'read the other table in a sub-select: SET a = (SELECT ...) WHERE EXISTS (SELECT ...)',
    };
  }
  if (returningClause !== undefined) {
    return { reason: 'The rows of RETURNING would go to nobody.', remedy: 'leave RETURNING out' };
  }
  if (relation?.inh !== true) {
    return {
      reason: 'ONLY leaves out partitions and inheriting tables, which a backfill walks one by one.',
      remedy: 'name the one table without ONLY',
    };
  }
  return isAtCursor(statement)
    ? {
        reason: 'WHERE CURRENT OF speaks of a cursor that only its own session has.',
        remedy: 'say which rows are meant by a condition',
      }
    : null;
}

function isAtCursor(statement: object): boolean {
  let found = false;
  walkTree([statement as Node], (kind) => {
    if (kind === 'CurrentOfExpr') found = true;
    return !found;
  });
  return found;
}

function deletionOf(statement: DeleteStmt, source: StatementSource): RowChange | NoRowChange {
  const { relation, whereClause } = statement;
  return {
    verb: 'delete',
    table: relationReference(relation),
    alias: relation?.alias?.aliasname ?? null,
    assignments: null,
    sets: [],
    condition: conditionOf(whereClause, source),
    reads: readsOf([{ DeleteStmt: statement }]),
  };
}

function updateOf(statement: UpdateStmt, source: StatementSource): RowChange | NoRowChange {
  const { relation, targetList, whereClause } = statement;
  const targets = nodesOf(targetList, 'ResTarget');
  const where = whereAt(source);
  const sets = targets.map((target) => setOf(target, source, where));
  if (sets.some((one) => one === null)) {
    return {
      reason: 'It sets several columns by one value, or a part of a column.',
      remedy: 'write each column with its own value: SET a = ..., b = ...',
    };
  }
  const start = source.tokenAt(targets[0]?.location);
  return {
    verb: 'update',
    table: relationReference(relation),
    alias: relation?.alias?.aliasname ?? null,
    assignments: sliceSql(source, start, where < 0 ? undefined : where),
    sets: sets.filter((one) => one !== null),
    condition: conditionOf(whereClause, source),
    reads: readsOf([{ UpdateStmt: statement }]),
  };
}

function setOf(target: ResTarget, source: StatementSource, where: number): RowChange['sets'][number] | null {
  const { name, val, indirection, location } = target;
  if (name === undefined || val === undefined || indirection !== undefined) return null;
  if (asNode(val, 'MultiAssignRef') !== null) return null;
  const start = source.tokenAt(location);
  const element = endOfElement(source, start);
  const end = where < 0 ? element : Math.min(element, where);
  const equals = source.tokens().findIndex((token, index) => index > start && token.text === '=');
  return { column: name, value: reduced(val, sliceSql(source, equals + 1, end)) };
}

function conditionOf(node: Node | undefined, source: StatementSource): Expression | null {
  return node === undefined ? null : reduced(node, sliceSql(source, whereAt(source) + 1));
}

/** WHERE is a reserved word, so outside of brackets it stands for one thing only. */
function whereAt(source: StatementSource): number {
  return source.tokens().findIndex((token) => token.depth === 0 && isWord(token, 'WHERE'));
}

function reduced(node: Node, sql: string): Expression {
  return { sql, isConstant: false, ...namesIn(node), provesNotNull: [] };
}

function readsOf(trees: readonly Node[]): RowChange['reads'] {
  return trees.flatMap((tree) => {
    const { reads, alsoReads } = relationsIn(tree);
    return [...reads, ...alsoReads];
  });
}
