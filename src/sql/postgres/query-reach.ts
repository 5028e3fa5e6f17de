import type { FuncCall, InsertStmt, LockingClause, Node, SelectStmt, UpdateStmt } from 'libpg-query';
import type { Dml } from '../../model/dml.ts';
import type { RelationReference } from '../../model/relation-name.ts';
import { functionName } from './expression-of.ts';
import { namedBy, relationReference } from './relation-reference.ts';
import { asNode, nodesOf, strings } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/** How far a query reaches, beyond the relations that it names. */
export function queryReach(
  statement: Node,
): Pick<Dml, 'readsInFull' | 'sets' | 'setsToDefault' | 'rowLocks' | 'sequences'> {
  return {
    readsInFull: readsInFull(asNode(statement, 'InsertStmt')?.selectStmt ?? statement),
    sets: columnsSet(statement),
    ...columnsSetToDefault(statement),
    rowLocks: lockedRelations(statement),
    sequences: namedSequences(statement),
  };
}

/** These answer from an index where there is one. */
const ENDS = new Set(['min', 'max']);

/** Whether a query reads all of one relation: nothing narrows it, and nothing else is read. */
export function readsInFull(query: Node): boolean {
  const select = asNode(query, 'SelectStmt');
  if (select === null || select.op !== 'SETOP_NONE' || select.fromClause?.length !== 1) return false;
  const narrowed: readonly (keyof SelectStmt)[] = ['whereClause', 'limitCount', 'limitOffset', 'withClause'];
  if (narrowed.some((clause) => select[clause] !== undefined)) return false;
  if (asNode(select.fromClause[0], 'RangeVar')?.inh !== true) return false;
  let isPlain = true;
  walkTree([query], (name, value) => {
    if (name === 'SubLink') isPlain = false;
    if (name === 'FuncCall' && ENDS.has(functionName(strings((value as FuncCall).funcname)))) isPlain = false;
    return isPlain;
  });
  return isPlain;
}

function columnsSet(statement: Node): readonly string[] | null {
  const insert = asNode(statement, 'InsertStmt');
  if (insert !== null) return insert.cols === undefined ? null : [...insertedColumns(insert)];
  const update = asNode(statement, 'UpdateStmt');
  return update === null ? null : updatedColumns(update);
}

function columnsSetToDefault(statement: Node): Pick<Dml, 'setsToDefault'> {
  const targets = nodesOf(asNode(statement, 'UpdateStmt')?.targetList, 'ResTarget');
  const names = targets.flatMap(({ name, val }) => (asNode(val, 'SetToDefault') === null ? [] : (name ?? [])));
  return names.length === 0 ? {} : { setsToDefault: names };
}

function insertedColumns(insert: InsertStmt): ReadonlySet<string> {
  return new Set(nodesOf(insert.cols, 'ResTarget').map((target) => target.name ?? ''));
}

function updatedColumns(update: UpdateStmt): readonly string[] {
  const targets = nodesOf(update.targetList, 'ResTarget').filter((one) => asNode(one.val, 'SetToDefault') === null);
  return [...new Set(targets.map((target) => target.name ?? ''))];
}

/** FOR UPDATE OF names tables by their alias; one without OF means all of them. */
function lockedRelations(statement: Node): readonly RelationReference[] | null {
  const names = new Map<string, RelationReference>();
  const clauses: LockingClause[] = [];
  walkTree([statement], (name, value) => {
    if (name === 'LockingClause') {
      clauses.push(value as LockingClause);
      return false;
    }
    const range = name === 'RangeVar' ? asNode({ RangeVar: value } as Node, 'RangeVar') : null;
    if (range !== null) names.set(range.alias?.aliasname ?? range.relname ?? '', relationReference(range));
    return true;
  });
  const of = clauses.map((clause) => nodesOf(clause.lockedRels, 'RangeVar').map((range) => range.relname ?? ''));
  if (of.some((aliases) => aliases.length === 0)) return null;
  return of.flat().flatMap((alias) => names.get(alias) ?? []);
}

const SEQUENCE_FUNCTIONS = new Set(['nextval', 'setval', 'currval']);

function namedSequences(statement: Node): readonly RelationReference[] {
  const found = new Map<string, RelationReference>();
  walkTree([statement], (name, value) => {
    if (name !== 'FuncCall') return true;
    const call = value as FuncCall;
    const literal = SEQUENCE_FUNCTIONS.has(functionName(strings(call.funcname))) ? literalIn(call.args?.[0]) : null;
    if (literal !== null) found.set(literal, namedBy(identifierParts(literal)));
    return true;
  });
  return [...found.values()];
}

function literalIn(node: Node | undefined): string | null {
  const cast = asNode(node, 'TypeCast');
  if (cast !== null) return literalIn(cast.arg);
  return asNode(node, 'A_Const')?.sval?.sval ?? null;
}

/** `public."Order_id_seq"` as the parts of a name; what is not quoted is in lower case. */
function identifierParts(text: string): readonly string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^.]+/g) ?? [];
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.toLowerCase()));
}
