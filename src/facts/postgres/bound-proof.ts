import type { Table } from '../../model/catalog.ts';
import { type Bound, boundOf, splitAt } from '../../model/partition-bound.ts';
import { compareKeys, type KeyOrder, keyOrderOf, literalOf } from './key-value.ts';

export type Proof = 'proven' | 'open' | 'unknown';

/** What one condition of a CHECK says about the partition key. */
interface Limit {
  readonly operator: '<' | '<=' | '=' | '>=' | '>';
  readonly value: string;
}

/**
 * Whether the valid CHECKs of a table say that every row lies inside (or outside) a partition bound, so that the server
 * need not read it: the server's own prover, for a key of one column compared with literals. What it cannot decide is
 * `unknown`.
 */
export function boundProof(parent: Table, table: Table, boundSql: string, side: 'inside' | 'outside'): Proof {
  const key = (parent.partitionBy?.key ?? '').replaceAll('"', '').trim();
  const bound = boundOf(boundSql);
  const checks = table.constraints.flatMap((one) =>
    one.kind === 'check' && one.valid && one.expression.columns.some((column) => key.includes(column))
      ? [one.expression]
      : [],
  );
  // A hash bound is a function call, which no CHECK implies.
  if (checks.length === 0 || bound?.kind === 'hash') return 'open';
  const column = table.columns.find((one) => one.name === key);
  if (column === undefined || bound === null || bound.kind === 'default') return 'unknown';
  const order = keyOrderOf(column.type.arrayDimensions > 0 ? undefined : column.type.name);
  const conditions = checks.flatMap((check) => splitAt(withoutBrackets(check.sql), ' AND '));
  const limits = conditions.map((condition) => limitOf(condition, key));
  const isNotNull = column.notNull || checks.some((check) => check.provesNotNull.includes(key));
  const isProven =
    side === 'inside'
      ? isNotNull && (isInside(bound, limits, order) || conditions.some((one) => isListed(bound, one, key, order)))
      : isOutside(bound, limits, order) || checks.some((check) => isAnywhereElse(bound, check.sql, key, order));
  if (isProven) return 'proven';
  const isPlain = limits.every((limit) => limit !== null) && order !== 'equality';
  return isPlain ? 'open' : 'unknown';
}

function withoutBrackets(sql: string): string {
  let text = sql.trim();
  while (text.startsWith('(') && closesAtEnd(text)) text = text.slice(1, -1).trim();
  return text;
}

function closesAtEnd(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at === text.length - 1;
  }
  return false;
}

/** `key >= 'x'`; conditions on other columns and `key IS NOT NULL` limit nothing, and are no riddle either. */
function limitOf(condition: string, key: string): Limit | 'elsewhere' | null {
  const text = withoutBrackets(condition).replaceAll('"', '');
  if (/^\S+ IS NOT NULL$/i.test(text)) return 'elsewhere';
  const comparison = /^([\w.]+)\s*(<=|>=|<|>|=)\s*(.+)$/s.exec(text);
  if (comparison === null) return null;
  const [, name, operator, right = ''] = comparison;
  const value = literalOf(withoutBrackets(right));
  if (value === null) return null;
  return name === key ? { operator: operator as Limit['operator'], value } : 'elsewhere';
}

type Limits = readonly (Limit | 'elsewhere' | null)[];

function isInside(bound: Bound, limits: Limits, order: KeyOrder): boolean {
  if (bound.kind === 'list') {
    const values = bound.values.map(literalOf);
    return some(limits, ({ operator, value }) => {
      return operator === '=' && values.some((one) => one !== null && compareKeys(one, value, order) === 0);
    });
  }
  if (bound.kind !== 'range' || bound.from.length !== 1) return false;
  const [from = '', to = ''] = [bound.from[0], bound.to[0]];
  const isAbove = /^MINVALUE$/i.test(from) || some(limits, (limit) => isAtLeast(limit, literalOf(from), order));
  const isBelow = /^MAXVALUE$/i.test(to) || some(limits, (limit) => isLess(limit, literalOf(to), order));
  return isAbove && isBelow;
}

function isOutside(bound: Bound, limits: Limits, order: KeyOrder): boolean {
  if (bound.kind !== 'range' || bound.from.length !== 1) return false;
  const [from = '', to = ''] = [bound.from[0], bound.to[0]];
  return some(limits, (limit) => isLess(limit, literalOf(from), order) || isAtLeast(limit, literalOf(to), order));
}

/** `key IN ('a', 'b')`, every value of which is one of the bound's. */
function isListed(bound: Bound, condition: string, key: string, order: KeyOrder): boolean {
  if (bound.kind !== 'list') return false;
  const text = withoutBrackets(condition).replaceAll('"', '');
  const list = /^([\w.]+)\s+IN\s*\((.+)\)$/is.exec(text) ?? /^([\w.]+)\s*=\s*ANY\s*\(+\s*ARRAY\[(.+?)\]/is.exec(text);
  if (list === null || list[1] !== key) return false;
  const allowed = bound.values.map(literalOf);
  return splitAt(list[2] ?? '', ',').every((one) => {
    const value = literalOf(one);
    return value !== null && allowed.some((other) => other !== null && compareKeys(other, value, order) === 0);
  });
}

/** `key IS NULL OR key < 'a' OR key >= 'b'`: whichever holds, the row lies outside. */
function isAnywhereElse(bound: Bound, sql: string, key: string, order: KeyOrder): boolean {
  const arms = splitAt(withoutBrackets(sql), ' OR ');
  return (
    arms.length > 1 &&
    arms.every((arm) => {
      const text = withoutBrackets(arm).replaceAll('"', '');
      return text.toUpperCase() === `${key} IS NULL`.toUpperCase() || isOutside(bound, [limitOf(arm, key)], order);
    })
  );
}

function some(limits: Limits, holds: (limit: Limit) => boolean): boolean {
  return limits.some((limit) => limit !== null && limit !== 'elsewhere' && holds(limit));
}

/** Whether the condition makes every value at least `end`. */
function isAtLeast({ operator, value }: Limit, end: string | null, order: KeyOrder): boolean {
  const compared = end === null ? null : compareKeys(value, end, order);
  return compared !== null && compared >= 0 && ['>=', '>', '='].includes(operator);
}

/** Whether the condition makes every value less than `end`. */
function isLess({ operator, value }: Limit, end: string | null, order: KeyOrder): boolean {
  const compared = end === null ? null : compareKeys(value, end, order);
  if (compared === null) return false;
  return operator === '<' ? compared <= 0 : (operator === '<=' || operator === '=') && compared < 0;
}
