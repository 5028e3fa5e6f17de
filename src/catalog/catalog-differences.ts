import type {
  Catalog,
  Column,
  FunctionOverload,
  Index,
  Relation,
  Table,
  TableConstraint,
  Trigger,
  UserType,
  View,
} from '../model/catalog.ts';
import type { DataType } from '../model/data-type.ts';
import type { Expression } from '../model/expression.ts';
import { relationKey } from '../model/relation-name.ts';

export interface DifferenceOptions {
  /** `ignore`: a column may stand at another place. */
  readonly columnOrder?: 'compare' | 'ignore';
  /** `ignore`: constraints and indexes may be called anything. */
  readonly names?: 'compare' | 'ignore';
  /**
   * `meaning`: what facts read of an expression, not its spelling, as a server prints it in its own way; and views by
   * what they read, a folded one being allowed to name more columns than it needs.
   */
  readonly expressions?: 'text' | 'meaning';
}

/**
 * What tells two schemas apart, a line each, sorted; empty when nothing does. Sizes, the server's version and the
 * search path do not count.
 *
 * @example catalogDifferences(folded, live, { expressions: 'meaning' })
 * // ['public.users.email: type varchar[20] in the first, text in the second']
 */
export function catalogDifferences(a: Catalog, b: Catalog, options: DifferenceOptions = {}): readonly string[] {
  const first = describe(a, b, options);
  const second = describe(b, a, options);
  const differences: string[] = [];
  for (const path of new Set([...first.keys(), ...second.keys()])) {
    const one = first.get(path);
    const other = second.get(path);
    if (one === other) continue;
    if (other === undefined) differences.push(`${path}: only in the first (${one})`);
    else if (one === undefined) differences.push(`${path}: only in the second (${other})`);
    else differences.push(`${path}: ${one} in the first, ${other} in the second`);
  }
  return differences.sort();
}

type Lines = Map<string, string>;

function describe(catalog: Catalog, other: Catalog, options: DifferenceOptions): Lines {
  const lines: Lines = new Map();
  for (const schema of catalog.schemas) lines.set(`schema ${schema}`, 'there');
  for (const [key, type] of Object.entries(catalog.types)) lines.set(`type ${key}`, describeType(type, options));
  for (const [key, entry] of Object.entries(catalog.functions)) {
    const body = options.expressions === 'meaning' ? '' : ` ${entry.body.trim()}`;
    const overloads = (entry.overloads ?? []).map(describeOverload).sort().join('; ');
    lines.set(`function ${key}`, `${entry.volatility} ${entry.language} ${overloads}${body}`);
  }
  describeHanging(lines, catalog);
  for (const [key, relation] of Object.entries(catalog.relations)) {
    describeRelation(lines, key, relation, { ...options, counterpart: other.relations[key] });
  }
  return lines;
}

function describeOverload({ kind, arguments: types, result, returnsSet }: FunctionOverload): string {
  const answer = result === null ? 'made up' : describeDataType(result);
  return `${kind}(${types.map(describeDataType).join(', ')}) ${returnsSet ? 'setof ' : ''}${answer}`;
}

function describeHanging(lines: Lines, catalog: Catalog): void {
  for (const { name, ...rest } of catalog.publications ?? [])
    lines.set(`publication ${name}`, JSON.stringify(stable(rest)));
  for (const { name, table, columns } of catalog.statistics ?? []) {
    lines.set(`statistics ${relationKey(name)}`, `${table}(${columns.join(', ')})`);
  }
  for (const { table, policy, relation, columns } of catalog.policyReads ?? []) {
    lines.set(`policy ${policy} of ${table} reads ${relation}`, columns.join(', '));
  }
}

interface RelationOptions extends DifferenceOptions {
  readonly counterpart: Relation | undefined;
}

function describeRelation(lines: Lines, key: string, relation: Relation, options: RelationOptions): void {
  lines.set(key, relation.kind);
  switch (relation.kind) {
    case 'sequence': {
      const owner = relation.ownedBy === null ? 'nobody' : `${relation.ownedBy.relation}.${relation.ownedBy.column}`;
      lines.set(`${key} sequence`, `${relation.type} owned by ${owner}`);
      return;
    }
    case 'table':
      return describeTable(lines, key, relation, options);
    default:
      if (options.expressions !== 'meaning') lines.set(`${key} query`, relation.sql);
      lines.set(`${key} reads`, describeReads(relation, options));
      describeViewColumns(lines, key, relation, options);
      describeIndexes(lines, key, relation.indexes, options);
  }
}

/** Columns of a query that nobody could work out are compared with nothing. */
function describeViewColumns(lines: Lines, key: string, view: View, { counterpart }: RelationOptions): void {
  const others = counterpart !== undefined && 'reads' in counterpart ? counterpart.columns : null;
  if (view.columns == null || others == null) return;
  lines.set(`${key} columns`, view.columns.map((column) => column.name).join(', '));
}

/** By meaning, a column counts only when both name it or both leave it out; naming too many is no difference. */
function describeReads(view: Extract<Relation, { reads: unknown }>, options: RelationOptions): string {
  const { counterpart } = options;
  return view.reads
    .map(({ relation, columns }) => {
      const others =
        counterpart !== undefined && 'reads' in counterpart
          ? counterpart.reads.find((read) => read.relation === relation)?.columns
          : undefined;
      const isLoose = options.expressions === 'meaning' && (others === null || columns === null);
      const shared =
        options.expressions === 'meaning' && others !== undefined && others !== null
          ? columns?.filter((column) => others.includes(column))
          : columns;
      return isLoose ? relation : `${relation}(${shared?.join(', ') ?? '*'})`;
    })
    .join('; ');
}

function describeTable(lines: Lines, key: string, table: Table, options: DifferenceOptions): void {
  const { partitionBy, partitionOf } = table;
  lines.set(`${key} persistence`, table.persistence);
  lines.set(`${key} rules`, (table.rules ?? []).join(', '));
  lines.set(`${key} storage`, `${table.tablespace ?? 'pg_default'} ${table.accessMethod ?? 'heap'}`);
  lines.set(`${key} row security`, `${table.rowSecurity} ${table.policies.join(', ')}`);
  lines.set(`${key} replica identity`, table.replicaIdentity);
  lines.set(`${key} inherits`, table.inherits.join(', '));
  const keySql = partitionBy === null ? null : plain(partitionBy.key, options);
  lines.set(`${key} partition by`, partitionBy === null ? 'nothing' : `${partitionBy.strategy} ${keySql}`);
  const bound = partitionOf === null ? '' : plain(partitionOf.bound, options);
  lines.set(`${key} partition of`, partitionOf === null ? 'nothing' : `${partitionOf.parent} ${bound}`);
  if (options.columnOrder !== 'ignore') {
    lines.set(`${key} column order`, table.columns.map((column) => column.name).join(', '));
  }
  for (const column of table.columns) describeColumn(lines, `${key}.${column.name}`, column, options);
  count(lines, `${key} constraint`, table.constraints, (one) => describeConstraint(one, options), options);
  describeIndexes(lines, key, table.indexes, options);
  count(lines, `${key} trigger`, table.triggers, describeTrigger, { names: 'compare' });
}

function describeIndexes(lines: Lines, key: string, indexes: readonly Index[], options: DifferenceOptions): void {
  count(lines, `${key} index`, indexes, (one) => describeIndex(one, options), options);
}

/** Named things by their names, or, where names do not count, by what they are and how many of them there are. */
function count<Thing extends { readonly name: string }>(
  lines: Lines,
  label: string,
  things: readonly Thing[],
  describeOne: (thing: Thing) => string,
  options: DifferenceOptions,
): void {
  if (options.names !== 'ignore') {
    for (const thing of things) lines.set(`${label} ${thing.name}`, describeOne(thing));
    return;
  }
  const counted = new Map<string, number>();
  for (const thing of things) counted.set(describeOne(thing), (counted.get(describeOne(thing)) ?? 0) + 1);
  for (const [description, times] of counted) lines.set(`${label} ${description}`, `${times} times`);
}

function describeColumn(lines: Lines, path: string, column: Column, options: DifferenceOptions): void {
  lines.set(`${path} type`, describeDataType(column.type));
  lines.set(`${path} not null`, String(column.notNull));
  lines.set(`${path} default`, column.default === null ? 'none' : describeExpression(column.default, options));
  lines.set(`${path} identity`, column.identity ?? 'none');
  lines.set(`${path} generated`, column.generated ?? 'no');
  lines.set(`${path} collation`, column.collation ?? 'default');
}

function describeDataType(type: DataType): string {
  const schema = type.schema === null ? '' : `${type.schema}.`;
  const modifiers = type.modifiers.length === 0 ? '' : `(${type.modifiers.join(',')})`;
  return `${schema}${type.name}${modifiers}${type.arrayDimensions > 0 ? '[]' : ''}`;
}

function describeConstraint(constraint: TableConstraint, options: DifferenceOptions): string {
  const { name: _name, ...rest } = constraint;
  return stable({
    ...rest,
    ...(constraint.kind === 'check' ? { expression: describeExpression(constraint.expression, options) } : {}),
  });
}

function describeIndex(index: Index, options: DifferenceOptions): string {
  const { name: _name, definitionSql, attachedTo, ...rest } = index;
  const names = options.names === 'ignore';
  return stable({
    ...rest,
    keys: index.keys.map((one) => one.column ?? describeExpression(one.expression, options)),
    predicate: index.predicate === null ? null : describeExpression(index.predicate, options),
    constraint: names ? index.constraint !== null : index.constraint,
    attachedTo: names ? attachedTo !== undefined : (attachedTo ?? null),
    ...(options.expressions === 'meaning' ? {} : { definitionSql }),
  });
}

function describeTrigger(trigger: Trigger): string {
  const { name: _name, ...rest } = trigger;
  return stable({ ...rest, forEachRow: trigger.forEachRow ?? false });
}

function describeType(type: UserType, options: DifferenceOptions): string {
  if (type.kind === 'enum') return `enum ${type.labels.join(', ')}`;
  if (type.kind !== 'domain') return type.kind;
  const constraints = type.constraints.map((one) => ({
    ...one,
    expression: describeExpression(one.expression, options),
  }));
  return `domain ${describeDataType(type.base)} ${stable({ notNull: type.notNull, constraints })}`;
}

function describeExpression(expression: Expression | null, options: DifferenceOptions): string {
  if (expression === null) return 'none';
  if (options.expressions !== 'meaning') return expression.sql;
  const { functions, columns, isConstant, provesNotNull } = expression;
  return stable({
    functions: [...functions].sort(),
    columns: [...columns].sort(),
    provesNotNull: [...provesNotNull].sort(),
    isConstant,
  });
}

/** Bounds and partition keys, by meaning without the spaces and brackets in which spellings differ. */
function plain(sql: string, options: DifferenceOptions): string {
  return options.expressions === 'meaning' ? sql.replaceAll(/[\s()]+/g, '').toLowerCase() : sql;
}

/** JSON with sorted keys, for objects without depth. */
function stable(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}
