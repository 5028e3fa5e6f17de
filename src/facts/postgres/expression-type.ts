import { findFunction, findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import type { FactsContext } from './facts-context.ts';

/** What well-known functions and keywords answer, whatever their arguments. */
const RESULTS: Readonly<Record<string, string>> = {
  btrim: 'text',
  clock_timestamp: 'timestamptz',
  current_date: 'date',
  current_timestamp: 'timestamptz',
  current_user: 'name',
  gen_random_uuid: 'uuid',
  initcap: 'text',
  length: 'int4',
  localtimestamp: 'timestamp',
  lower: 'text',
  md5: 'text',
  nextval: 'int8',
  now: 'timestamptz',
  random: 'float8',
  statement_timestamp: 'timestamptz',
  substring: 'text',
  timeofday: 'text',
  transaction_timestamp: 'timestamptz',
  upper: 'text',
  uuidv4: 'uuid',
  uuidv7: 'uuid',
};

/** Types by the words that casts are written with. */
const WORDS: Readonly<Record<string, string>> = {
  bigint: 'int8',
  bool: 'bool',
  boolean: 'bool',
  date: 'date',
  int: 'int4',
  int4: 'int4',
  int8: 'int8',
  integer: 'int4',
  json: 'json',
  jsonb: 'jsonb',
  numeric: 'numeric',
  smallint: 'int2',
  text: 'text',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  uuid: 'uuid',
  varchar: 'varchar',
};

/** The type of an expression, where its outermost part tells it; null otherwise. */
export function expressionType(context: FactsContext, expression: Expression): DataType | null {
  const sql = withoutBrackets(expression.sql.trim());
  if (/^ARRAY\s*\[\s*'[^\]]*'\s*\]$/i.test(sql)) return { ...plain('text'), arrayDimensions: 1 };
  const name = numberType(sql) ?? castType(sql) ?? callType(sql) ?? comparisonType(sql);
  if (name !== null) return plain(name);
  const cast = /::(?:(\w+)\.)?(\w+)$/.exec(sql);
  const user = cast === null ? null : findType(context.catalog, { schema: cast[1] ?? null, name: cast[2] ?? '' });
  if (user !== null) return { ...plain(user.name.name), schema: user.name.schema };
  const call = /^((?:\w+\.)?\w+)\s*\(/.exec(sql);
  if (call === null || closingBracket(sql, call[0].length - 1) !== sql.length - 1) return null;
  const [first = '', second] = (call[1] ?? '').toLowerCase().split('.');
  const reference = second === undefined ? { schema: null, name: first } : { schema: first, name: second };
  const overloads = findFunction(context.catalog, reference)?.overloads ?? [];
  const result = overloads.length === 1 ? (overloads[0]?.result ?? null) : null;
  return result === null || findType(context.catalog, result) !== null ? null : result;
}

function plain(name: string): DataType {
  return { schema: null, name, modifiers: [], arrayDimensions: 0 };
}

function numberType(sql: string): string | null {
  if (/^(true|false)$/i.test(sql)) return 'bool';
  if (/^-?\d{1,9}(\s*[-+*]\s*\d{1,4})*$/.test(sql)) return 'int4';
  return /^-?\d+\.\d+$/.test(sql) ? 'numeric' : null;
}

function castType(sql: string): string | null {
  const word = /^(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|\(.*\))::(\w+)$/s.exec(sql)?.[1];
  return word === undefined ? null : (WORDS[word.toLowerCase()] ?? null);
}

function callType(sql: string): string | null {
  const name = /^(?:pg_catalog\.)?(\w+)\s*(\(|$)/.exec(sql);
  if (name === null) return null;
  const isWhole = name[2] === '' || closingBracket(sql, name[0].length - 1) === sql.length - 1;
  return isWhole ? (RESULTS[(name[1] ?? '').toLowerCase()] ?? null) : null;
}

/** A single comparison of two things without brackets of their own around it. */
function comparisonType(sql: string): string | null {
  if (/^CASE\b/i.test(sql)) return null;
  let depth = 0;
  let outside = '';
  for (const character of sql.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, 'x')) {
    if (character === ')') depth -= 1;
    if (depth === 0) outside += character;
    if (character === '(') depth += 1;
  }
  return /[^-<>=!]\s*(<=|>=|<>|=|<|>)\s*[^-<>=]|\bIS\s+(NOT\s+)?NULL\s*$/i.test(outside) ? 'bool' : null;
}

function withoutBrackets(sql: string): string {
  return sql.startsWith('(') && closingBracket(sql, 0) === sql.length - 1
    ? withoutBrackets(sql.slice(1, -1).trim())
    : sql;
}

/** Where the bracket that opens at `start` is closed; -1 when it is not. */
function closingBracket(sql: string, start: number): number {
  let depth = 0;
  let quote: string | null = null;
  for (let at = start; at < sql.length; at += 1) {
    const character = sql[at] ?? '';
    if (quote !== null) quote = character === quote ? null : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}
