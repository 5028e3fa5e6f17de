import { type Node, parseSync } from 'libpg-query';
import { InvariantError } from '../../model/error.ts';
import { endOfElement, type StatementSource, sliceSql } from './statement-source.ts';
import { asNode } from './tree-node.ts';
import { firstLocation, sameTree } from './tree-walk.ts';

/**
 * An expression as SQL that can stand anywhere an expression can, after DEFAULT too: in brackets where it needs them.
 *
 * The tree tells where an expression begins but not where it ends, so ranges of words are tried until one parses to the
 * same tree. What comes out therefore means the same for certain, and reads as it was written.
 */
export function expressionSql(expression: Node, source: StatementSource): string {
  const word = singleWord(expression, source);
  if (word !== null) return word;
  const bare = cutOut(expression, source);
  return standsAfterDefault(bare, expression) ? bare : `(${bare})`;
}

/** What was found out about short texts: a history says `now()`, `0` and `bigint` over and over again. */
class Memory<Value> {
  readonly #known = new Map<string, Value>();

  recall(text: string, compute: () => Value): Value {
    if (text.length > REMEMBERED_LENGTH) return compute();
    if (this.#known.has(text)) return this.#known.get(text) as Value;
    const value = compute();
    if (this.#known.size >= REMEMBERED_TEXTS) this.#known.clear();
    this.#known.set(text, value);
    return value;
  }
}

const REMEMBERED_LENGTH = 100;
const REMEMBERED_TEXTS = 2000;

const trees = new Memory<Node | undefined>();
const defaults = new Memory<Node | undefined>();

/** The tree of a text that is exactly one expression, else undefined. Not to be changed: others see the same one. */
export function parseAlone(sql: string): Node | undefined {
  return trees.recall(sql, () => parseOneExpression(sql));
}

function parseOneExpression(sql: string): Node | undefined {
  const statements = parseOrNothing(`SELECT (${sql})`);
  const targets = asNode(statements[0], 'SelectStmt')?.targetList ?? [];
  return statements.length === 1 && targets.length === 1 ? asNode(targets[0], 'ResTarget')?.val : undefined;
}

/** Most defaults are one word, which the long way would find only after trying everything that follows it. */
function singleWord(expression: Node, source: StatementSource): string | null {
  const location = asNode(expression, 'A_Const')?.location ?? asNode(expression, 'SQLValueFunction')?.location;
  if (location === undefined) return null;
  const word = source.tokens()[source.tokenAt(location)]?.text ?? '';
  return sameTree(parseAlone(word), expression) ? word : null;
}

function cutOut(expression: Node, source: StatementSource): string {
  const tokens = source.tokens();
  const first = source.tokenAt(firstLocation(expression) ?? 0);
  // An opening bracket has no place in the tree, so the expression may begin before its first known word.
  for (let start = first; start >= 0; start -= 1) {
    for (let end = endOfElement(source, start); end > first; end -= 1) {
      if (tokens[end - 1]?.depth !== tokens[start]?.depth) continue;
      const slice = sliceSql(source, start, end);
      if (sameTree(parseAlone(slice), expression)) return slice;
    }
  }
  throw new InvariantError(
    `The expression at word ${first} cannot be told apart from what is around it: ${source.sql}`,
  );
}

/** DEFAULT takes less than a full expression: `a AND b` and `a AT TIME ZONE b` need brackets there. */
function standsAfterDefault(sql: string, expression: Node): boolean {
  const tree = defaults.recall(sql, () => parseDefault(sql));
  return tree !== undefined && sameTree(tree, expression);
}

function parseDefault(sql: string): Node | undefined {
  const statements = parseOrNothing(`ALTER TABLE t ADD c int DEFAULT ${sql}`);
  const command = asNode(asNode(statements[0], 'AlterTableStmt')?.cmds?.[0], 'AlterTableCmd');
  const parts = asNode(command?.def, 'ColumnDef')?.constraints ?? [];
  return statements.length === 1 && parts.length === 1 ? asNode(parts[0], 'Constraint')?.raw_expr : undefined;
}

function parseOrNothing(sql: string): readonly (Node | undefined)[] {
  try {
    return (parseSync(sql).stmts ?? []).map((statement) => statement.stmt);
  } catch {
    return [];
  }
}
