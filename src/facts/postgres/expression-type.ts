import { isBuiltInType } from '../../model/built-in-type.ts';
import { findFunction, findType } from '../../model/catalog-lookup.ts';
import type { DataType } from '../../model/data-type.ts';
import type { Expression } from '../../model/expression.ts';
import type { FactsContext } from './facts-context.ts';

/** What well-known functions and keywords answer, whatever their arguments. */
const RESULTS: Readonly<Record<string, string>> = {
  btrim: 'text',
  concat: 'text',
  current_setting: 'text',
  jsonb_build_object: 'jsonb',
  localtime: 'time',
  pg_backend_pid: 'int4',
  session_user: 'name',
  txid_current: 'int8',
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
  'bit varying': 'varbit',
  bool: 'bool',
  boolean: 'bool',
  char: 'bpchar',
  character: 'bpchar',
  'character varying': 'varchar',
  date: 'date',
  dec: 'numeric',
  decimal: 'numeric',
  'double precision': 'float8',
  int: 'int4',
  int4: 'int4',
  int8: 'int8',
  integer: 'int4',
  json: 'json',
  jsonb: 'jsonb',
  numeric: 'numeric',
  real: 'float4',
  smallint: 'int2',
  text: 'text',
  'time with time zone': 'timetz',
  'time without time zone': 'time',
  timestamp: 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'timestamp without time zone': 'timestamp',
  timestamptz: 'timestamptz',
  uuid: 'uuid',
  varchar: 'varchar',
};

/** The type of an expression, where its outermost part tells it; null otherwise. */
export function expressionType(context: FactsContext, expression: Pick<Expression, 'sql'>): DataType | null {
  const sql = withoutBrackets(expression.sql.trim());
  if (/^CASE\b/i.test(sql)) return branchType(context, sql);
  if (/^ARRAY\s*\[\s*'[^\]]*'\s*\]$/i.test(sql)) return { ...plain('text'), arrayDimensions: 1 };
  if (/^ARRAY\s*\[\s*\d+(\s*,\s*\d+)*\s*\]$/i.test(sql)) return { ...plain('int4'), arrayDimensions: 1 };
  const array = /^(?:ARRAY\s*\[.*\]|'(?:[^']|'')*'|\(.*\))::(\w+)\[\]$/is.exec(sql)?.[1];
  const element = array === undefined ? null : writtenCastType(context, array);
  if (element !== null) return { ...element, arrayDimensions: 1 };
  const chosen = /^(?:COALESCE|GREATEST|LEAST)\s*\(/i.exec(sql);
  if (chosen !== null && closingBracket(sql, chosen[0].length - 1) === sql.length - 1) {
    return commonType(context, sql.slice(chosen[0].length, -1));
  }
  const name =
    numberType(sql) ?? dateType(sql) ?? castType(sql) ?? callType(sql) ?? timeType(sql) ?? comparisonType(sql);
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

/** The type that a cast is written with; null for what is not understood. */
export function writtenCastType(context: FactsContext, written: string): DataType | null {
  const bare = written.trim().replace(/\s*\([\d\s,]*\)$/, '');
  const spaced = bare.toLowerCase().replaceAll(/\s+/g, ' ');
  const word = WORDS[spaced] ?? (isBuiltInType(bare.toLowerCase()) ? bare.toLowerCase() : null);
  if (word !== null) return plain(word);
  const quoted = /^"([a-z_]\w*)"$/.exec(bare)?.[1];
  if (quoted !== undefined && isBuiltInType(quoted)) return plain(quoted);
  const [first = '', second] = bare.split('.');
  const user = findType(context.catalog, { schema: second === undefined ? null : first, name: second ?? first });
  return user === null ? null : { ...plain(user.name.name), schema: user.name.schema };
}

function plain(name: string): DataType {
  return { schema: null, name, modifiers: [], arrayDimensions: 0 };
}

/** What all branches of a CASE without another inside agree on. */
function branchType(context: FactsContext, sql: string): DataType | null {
  if (/^CASE\b.*\bCASE\b|'|"/is.test(sql)) return null;
  const branches = [...sql.matchAll(/\b(?:THEN|ELSE)\s+(.+?)\s+(?=WHEN\b|ELSE\b|END\b)/gis)];
  const [first, ...others] = branches.map((branch) => expressionType(context, { sql: branch[1] ?? '' }));
  if (first == null || others.some((one) => one?.name !== first.name)) return null;
  return first;
}

function numberType(sql: string): string | null {
  if (/^(true|false)$/i.test(sql)) return 'bool';
  if (/^-?\d{1,9}(\s*[-+*]\s*\d{1,4})*$/.test(sql)) return 'int4';
  return /^-?\d+\.\d+$/.test(sql) ? 'numeric' : null;
}

function castType(sql: string): string | null {
  const word = /^(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+(?:\([^()]*\))?|\(.*\))::(\w+)$/s.exec(sql)?.[1];
  return word === undefined ? null : (WORDS[word.toLowerCase()] ?? null);
}

function callType(sql: string): string | null {
  const name = /^(?:pg_catalog\.)?(\w+)\s*(\(|$)/.exec(sql);
  if (name === null) return null;
  const isWhole = name[2] === '' || closingBracket(sql, name[0].length - 1) === sql.length - 1;
  return isWhole ? (RESULTS[(name[1] ?? '').toLowerCase()] ?? null) : null;
}

/** The moment of the statement, in another zone or with an interval added. */
function timeType(sql: string): string | null {
  const rest = /^(?:now\(\)|CURRENT_TIMESTAMP|(?:statement|clock|transaction)_timestamp\(\))\s*(.+)$/i.exec(sql)?.[1];
  if (rest === undefined) return null;
  if (/^AT TIME ZONE\s+'[^']*'$/i.test(rest)) return 'timestamp';
  return /^[-+]\s*(interval\s+'[^']*'|'[^']*'::interval)$/i.test(rest) ? 'timestamptz' : null;
}

/** Two dates are some days apart. */
function dateType(sql: string): string | null {
  const date = "(?:'[^']*'::date|date\\s*'[^']*'|CURRENT_DATE)";
  return new RegExp(`^${date}\\s*-\\s*${date}$`, 'i').test(sql) ? 'int4' : null;
}

/** What all arguments without brackets or quotes inside agree on; NULL agrees with everything. */
function commonType(context: FactsContext, list: string): DataType | null {
  if (/["'(]/.test(list)) return null;
  const given = list.split(',').filter((one) => !/^\s*NULL\s*$/i.test(one));
  const [first, ...others] = given.map((one) => expressionType(context, { sql: one }));
  if (first == null || others.some((one) => one?.name !== first.name)) return null;
  return first;
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

/** The same without brackets around the whole of it. */
export function withoutBrackets(sql: string): string {
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
