import type { Node, RangeVar, ResTarget, SelectStmt } from 'libpg-query';
import type { ColumnMention, OutputColumn, QueryColumns } from '../../model/query-columns.ts';
import type { RelationReference } from '../../model/relation-name.ts';
import { dataTypeOf } from './data-type-of.ts';
import { namesIn } from './expression-of.ts';
import { outputName } from './output-name.ts';
import { relationReference } from './relation-reference.ts';
import { asNode, nodesOf, stringOf, strings } from './tree-node.ts';
import { walkTree } from './tree-walk.ts';

/** What a statement that reads or writes rows says about columns. */
export function queryColumns(statement: Node): QueryColumns {
  const scope = scopeOf(statement);
  const inserted = insertedQuery(statement);
  return {
    mentions: mentionsIn(statement, scope),
    output: inserted === null ? outputOf(statement, scope) : outputOf(inserted, scopeOf(inserted)),
    functions: namesIn(statement).functions,
  };
}

/** The query whose rows an INSERT takes. */
function insertedQuery(statement: Node): Node | null {
  const query = asNode(statement, 'InsertStmt')?.selectStmt;
  return query === undefined || asNode(query, 'SelectStmt')?.valuesLists !== undefined ? null : query;
}

/** The columns that a condition of a table names; a name alone may be one of that table. */
export function mentionsOf(condition: Node, table: RelationReference): readonly ColumnMention[] {
  const scope = scopeOf(condition);
  const relations = new Map([[table.name, table], ...scope.relations]);
  return mentionsIn(condition, { ...scope, relations });
}

/** The names under which relations go in a statement, whichever part of it they belong to. */
interface Scope {
  /** null where two relations share a name, or what goes by it is no relation. */
  readonly relations: ReadonlyMap<string, RelationReference | null>;
  /** Whether a name without a relation is one of a relation for certain. */
  readonly isPlain: boolean;
  /** Whether `*` is all columns of all relations, each once. */
  readonly isSpread: boolean;
  /** Names that the query gives itself. */
  readonly made: ReadonlySet<string>;
}

const MAKERS: ReadonlySet<string> = new Set([
  'RangeSubselect',
  'RangeFunction',
  'RangeTableFunc',
  'RangeTableSample',
  'JsonTable',
  'CommonTableExpr',
]);

function scopeOf(statement: Node): Scope {
  const relations = new Map<string, RelationReference | null>();
  const made = new Set<string>();
  let isPlain = true;
  let isSpread = true;
  const name = (alias: string, relation: RelationReference | null): void => {
    const known = relations.get(alias);
    const isOther = known !== undefined && JSON.stringify(known) !== JSON.stringify(relation);
    relations.set(alias, isOther ? null : relation);
  };
  walkTree([statement], (kind, value) => {
    if (kind === 'LockingClause') return false;
    if (MAKERS.has(kind)) isPlain = false;
    if ('usingClause' in value || 'isNatural' in value || kind === 'SubLink') isSpread = false;
    if (kind === 'RangeVar' || kind === 'relation') {
      const range = value as RangeVar;
      // An alias may give the columns other names.
      const isRenamed = (range.alias?.colnames ?? []).length > 0;
      if (isRenamed) isPlain = false;
      const reference = relationReference(range);
      const isAgain = [...relations.values()].some((one) => one?.name === reference.name);
      if (isRenamed || isAgain) isSpread = false;
      name(range.alias?.aliasname ?? range.relname ?? '', isRenamed ? null : reference);
      return false;
    }
    if ('ctename' in value) name(String(value.ctename), null);
    if (kind === 'alias' && 'aliasname' in value) name(String(value.aliasname), null);
    if (kind === 'ResTarget' && 'name' in value) made.add(String(value.name));
    return true;
  });
  // ON CONFLICT and RETURNING have rows of their own.
  for (const row of ['excluded', 'old', 'new']) if (!relations.has(row)) relations.set(row, null);
  return { relations, isPlain, isSpread: isPlain && isSpread, made };
}

function mentionsIn(statement: Node, scope: Scope): readonly ColumnMention[] {
  const found = new Map<string, ColumnMention>();
  const add = (mention: ColumnMention | null): void => {
    if (mention !== null) found.set(JSON.stringify(mention), mention);
  };
  walkTree([statement], (kind, value) => {
    if (kind === 'ColumnRef' && 'fields' in value) add(mentionOf(value.fields as Node[], scope));
    return true;
  });
  for (const mention of writtenColumns(statement)) add(mention);
  return [...found.values()];
}

function mentionOf(fields: readonly Node[], scope: Scope): ColumnMention | null {
  const names = fields.map(stringOf);
  const column = names.at(-1) ?? null;
  if (column === null || names.length > 3) return null;
  if (names.length === 1) {
    const isMade = scope.made.has(column) || scope.relations.has(column);
    return scope.isPlain && !isMade ? { relation: null, column } : null;
  }
  const [first = '', second = ''] = names.map((one) => one ?? '');
  if (names.length === 3) return { relation: { schema: first, name: second }, column };
  const relation = scope.relations.get(first) ?? null;
  return relation === null ? null : { relation, column };
}

/** The target columns of INSERT and UPDATE. */
function writtenColumns(statement: Node): readonly ColumnMention[] {
  const insert = asNode(statement, 'InsertStmt');
  const update = asNode(statement, 'UpdateStmt');
  const relation = insert?.relation ?? update?.relation;
  if (relation === undefined) return [];
  const targets = [...(insert?.cols ?? []), ...(update?.targetList ?? [])];
  return nodesOf(targets, 'ResTarget').map((target) => ({
    relation: relationReference(relation),
    column: target.name ?? '',
  }));
}

function outputOf(statement: Node, scope: Scope): readonly OutputColumn[] | null {
  const select = asNode(statement, 'SelectStmt');
  if (select === null) return null;
  const first = leftmost(select);
  if (first.targetList === undefined) return null;
  const columns = nodesOf(first.targetList, 'ResTarget').map((target) => outputColumn(target, scope));
  if (!columns.every((column) => column !== null)) return null;
  // Other parts of a UNION may widen the types.
  return first === select ? columns : columns.map((one) => (one.kind === 'all' ? one : { ...one, source: null }));
}

function leftmost(select: SelectStmt): SelectStmt {
  return select.larg === undefined ? select : leftmost(select.larg);
}

function outputColumn(target: ResTarget, scope: Scope): OutputColumn | null {
  const fields = asNode(target.val, 'ColumnRef')?.fields;
  if (fields !== undefined && asNode(fields.at(-1), 'A_Star') !== null) return starOf(fields, scope);
  const type = typeOf(target.val);
  const source = fields === undefined ? null : mentionOf(fields, scope);
  return { kind: 'column', name: target.name ?? outputName(target.val), source, type };
}

function starOf(fields: readonly Node[], scope: Scope): OutputColumn | null {
  const names = fields.slice(0, -1).map((one) => stringOf(one) ?? '');
  if (names.length === 0) return scope.isSpread ? { kind: 'all', relation: null } : null;
  const [first = '', second = ''] = names;
  if (names.length === 2) return { kind: 'all', relation: { schema: first, name: second } };
  const relation = scope.relations.get(first) ?? null;
  return relation === null ? null : { kind: 'all', relation };
}

const COUNT = { schema: null, name: 'int8', modifiers: [], arrayDimensions: 0 };

function typeOf(node: Node | undefined): ReturnType<typeof dataTypeOf> | null {
  const cast = asNode(node, 'TypeCast');
  if (cast?.typeName !== undefined) return dataTypeOf(cast.typeName);
  const constant = asNode(node, 'A_Const');
  if (constant?.ival !== undefined) return { ...COUNT, name: 'int4' };
  return strings(asNode(node, 'FuncCall')?.funcname).at(-1) === 'count' ? COUNT : null;
}
