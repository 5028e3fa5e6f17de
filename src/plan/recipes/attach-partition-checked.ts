import type { Table } from '../../model/catalog.ts';
import { childrenOf, findTable } from '../../model/catalog-lookup.ts';
import { makeObjectName } from '../../model/object-name.ts';
import { type Bound, boundOf } from '../../model/partition-bound.ts';
import { type RelationKey, relationKey } from '../../model/relation-name.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/postgres/quote.ts';
import { constraintIsGone } from '../post-condition.ts';
import type { Recipe, RecipeInput } from '../recipe.ts';
import type { StepDraft, TransactionDraft } from '../step-draft.ts';
import { type AlterTarget, alterTarget } from '../target-table.ts';

/**
 * ATTACH PARTITION reads the newcomer, and the default partition, under ACCESS EXCLUSIVE to see whether its rows belong
 * there. A valid CHECK that says so beforehand spares both; it goes again afterwards.
 */
export const attachPartitionChecked: Recipe = {
  name: 'attach-partition-checked',
  rung: 'catalog-only',
  summary: 'Prove with a CHECK (NOT VALID, then VALIDATE) that its rows belong there, attach it, drop the CHECK.',
  plan(input) {
    const target = alterTarget(input, 'attach-partition');
    const { facts } = input;
    if (target === null || facts.failure !== null || facts.scans.length === 0 || facts.indexBuilds.length > 0)
      return null;
    const child = findTable(input.catalog, target.command.partition);
    const key = plainKey(target.table);
    const bound = boundOf(target.command.bound);
    if (child === null || key === null || bound === null || !hasPlainValues(bound)) return null;
    const readTables = new Set(facts.scans);
    const proofs = [
      { table: child, condition: insideSql(key, bound) },
      { table: defaultPartition(input, target.key), condition: outsideSql(key, bound) },
    ].flatMap(({ table, condition }) =>
      table !== null && readTables.delete(relationKey(table.name)) ? [{ table, condition }] : [],
    );
    // What is read for another reason (a foreign key, partitions of its own) is read all the same.
    if (readTables.size > 0 || proofs.length === 0) return null;
    const conditions = proofs.flatMap(({ table, condition }) => (condition === null ? [] : [{ table, condition }]));
    if (conditions.length < proofs.length) return null;
    return [
      ...conditions.map(({ table, condition }) => prove(table, condition)),
      attach(target, child, conditions),
      ...conditions.map(({ table }) => forget(table)),
    ];
  },
};

/** The key when it is one column and no expression. */
function plainKey({ partitionBy, columns }: Table): string | null {
  const bare = (partitionBy?.key ?? '')
    .trim()
    .replace(/^"((?:[^"]|"")*)"$/, (_, name: string) => name.replaceAll('""', '"'));
  return columns.some((column) => column.name === bare) ? bare : null;
}

/** A number or a string, with a cast or without: what else stands in a bound (now(), a sum) would be others in a CHECK. */
const PLAIN_VALUE = /^([+-]?[0-9.]+(e[+-]?[0-9]+)?|'(''|[^'])*'(::[a-z_ ]+(\([0-9, ]+\))?)?|true|false)$/i;

function hasPlainValues(bound: Bound): boolean {
  if (bound.kind === 'list') return bound.values.every((one) => PLAIN_VALUE.test(one));
  if (bound.kind !== 'range') return false;
  return [...bound.from, ...bound.to].every((one) => /^M(IN|AX)VALUE$/i.test(one) || PLAIN_VALUE.test(one));
}

function defaultPartition({ catalog }: RecipeInput, parent: RelationKey): Table | null {
  return childrenOf(catalog, parent).find((one) => one.partitionOf?.bound.trim().toUpperCase() === 'DEFAULT') ?? null;
}

function insideSql(key: string, bound: Bound): string | null {
  const column = quoteIdentifier(key);
  if (bound.kind === 'list') {
    const only = bound.values.length === 1 ? `= ${bound.values[0]}` : `IN (${bound.values.join(', ')})`;
    return `${column} IS NOT NULL AND ${column} ${only}`;
  }
  const ends = rangeEnds(bound);
  if (ends === null) return null;
  const limits = [
    ...(ends.from === null ? [] : [`${column} >= ${ends.from}`]),
    ...(ends.to === null ? [] : [`${column} < ${ends.to}`]),
  ];
  return [`${column} IS NOT NULL`, ...limits].join(' AND ');
}

function outsideSql(key: string, bound: Bound): string | null {
  const column = quoteIdentifier(key);
  const ends = rangeEnds(bound);
  if (ends === null) return null;
  const limits = [
    ...(ends.from === null ? [] : [`${column} < ${ends.from}`]),
    ...(ends.to === null ? [] : [`${column} >= ${ends.to}`]),
  ];
  return [`${column} IS NULL`, ...limits].join(' OR ');
}

/** null in place of an end that is open. */
function rangeEnds(bound: Bound): { readonly from: string | null; readonly to: string | null } | null {
  if (bound.kind !== 'range' || bound.from.length !== 1) return null;
  const [from = '', to = ''] = [bound.from[0], bound.to[0]];
  return { from: /^MINVALUE$/i.test(from) ? null : from, to: /^MAXVALUE$/i.test(to) ? null : to };
}

function checkName(table: Table): string {
  return makeObjectName('evenkeel', table.name.name, 'bound');
}

function prove(table: Table, condition: string): StepDraft {
  return {
    kind: 'replan',
    sql: `ALTER TABLE ${relationKey(table.name)} ADD CONSTRAINT ${quoteIdentifier(checkName(table))} CHECK (${condition})`,
  };
}

/** A table with the condition that proves where its rows belong. */
interface Proof {
  readonly table: Table;
  readonly condition: string;
}

function attach(target: AlterTarget<'attach-partition'>, child: Table, proofs: readonly Proof[]): TransactionDraft {
  const key = relationKey(child.name);
  const others = proofs.map(({ table }) => relationKey(table.name)).filter((one) => one !== key);
  return {
    kind: 'transaction',
    name: `attach-${child.name.name}`,
    phase: 'migrate',
    why: 'The valid CHECK proves that the rows belong there, so none is read: a moment under ACCESS EXCLUSIVE on the newcomer; the parent is used meanwhile.',
    sql: [`ALTER TABLE ${target.key} ATTACH PARTITION ${key} ${target.command.bound}`],
    undo: [`ALTER TABLE ${target.key} DETACH PARTITION ${key}`],
    postCondition: isPartition(target.key, key),
    ...(others.length === 0 ? {} : { note: turnedAway(others.join(', '), key) }),
  };
}

function turnedAway(defaultKey: string, key: string): string {
  return `From the CHECK on ${defaultKey} until ${key} is attached, rows that belong in ${key} are refused (SQLSTATE 23514): attach it before the application writes such rows.`;
}

function isPartition(parent: RelationKey, child: RelationKey): TransactionDraft['postCondition'] {
  const [above, below] = [parent, child].map((one) => `pg_catalog.to_regclass(${quoteLiteral(one)})`);
  return {
    sentence: `${child} is a partition of ${parent}`,
    sql: `SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits WHERE inhrelid = ${below} AND inhparent = ${above}) AS holds`,
  };
}

function forget(table: Table): TransactionDraft {
  const key = relationKey(table.name);
  const name = checkName(table);
  return {
    kind: 'transaction',
    name: `drop-${name}`,
    phase: 'contract',
    why: 'The bound says the same from now on.',
    sql: [`ALTER TABLE ${key} DROP CONSTRAINT ${quoteIdentifier(name)}`],
    undo: null,
    postCondition: constraintIsGone(key, name),
  };
}
