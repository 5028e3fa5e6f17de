import type { DataType } from '../../model/data-type.ts';

/**
 * The casts that PostgreSQL does by itself, from pg_cast of 13 and of 18 (the same in both), for the types that columns
 * have: source type, then the targets of implicit casts, then those of casts on assignment only.
 */
const CASTS: Readonly<Record<string, readonly [implicit: string, assignment: string]>> = {
  bit: ['varbit', ''],
  bool: ['', 'bpchar text varchar'],
  box: ['', 'polygon'],
  bpchar: ['name text varchar', 'char'],
  char: ['text', 'bpchar varchar'],
  cidr: ['inet', 'bpchar text varchar'],
  date: ['timestamp timestamptz', ''],
  float4: ['float8', 'int2 int4 int8 numeric'],
  float8: ['', 'float4 int2 int4 int8 numeric'],
  inet: ['', 'bpchar cidr text varchar'],
  int2: ['float4 float8 int4 int8 numeric oid regclass regproc regrole regtype', ''],
  int4: ['float4 float8 int8 numeric oid regclass regproc regrole regtype', 'int2 money'],
  int8: ['float4 float8 numeric oid regclass regproc regrole regtype', 'int2 int4 money'],
  interval: ['', 'time'],
  json: ['', 'jsonb'],
  jsonb: ['', 'json'],
  macaddr: ['macaddr8', ''],
  macaddr8: ['macaddr', ''],
  money: ['', 'numeric'],
  name: ['text', 'bpchar varchar'],
  numeric: ['float4 float8', 'int2 int4 int8 money'],
  oid: ['regclass regproc regrole regtype', 'int4 int8'],
  path: ['', 'polygon'],
  point: ['', 'box'],
  polygon: ['', 'path'],
  regclass: ['oid', 'int4 int8'],
  text: ['bpchar name regclass varchar', 'char'],
  time: ['interval timetz', ''],
  timestamp: ['timestamptz', 'date time'],
  timestamptz: ['', 'date time timestamp timetz'],
  timetz: ['', 'time'],
  varbit: ['bit', ''],
  varchar: ['bpchar name regclass text', 'char'],
  xml: ['', 'bpchar text varchar'],
};

/** Types without any cast of their own; what is neither here nor above is not judged. */
const WITHOUT_CASTS = [
  'bytea',
  'circle',
  'line',
  'lseg',
  'pg_lsn',
  'tsquery',
  'tsvector',
  'uuid',
  'int4range',
  'int8range',
  'numrange',
  'tsrange',
  'tstzrange',
  'daterange',
];

/** Built-in types of which all casts are known here. */
export const JUDGED_TYPES: ReadonlySet<string> = new Set([...Object.keys(CASTS), ...WITHOUT_CASTS]);

/** Casts that have to be written out, beside those to and from strings. */
const WRITTEN: Readonly<Record<string, string>> = {
  bit: 'int4 int8',
  bool: 'int4',
  box: 'circle lseg point',
  char: 'int4',
  circle: 'box point polygon',
  int4: 'bit bool char',
  int8: 'bit',
  jsonb: 'bool float4 float8 int2 int4 int8 numeric',
  lseg: 'point',
  path: 'point',
  polygon: 'box circle point',
};

/** Casts that came with 18. */
const WRITTEN_SINCE_18: Readonly<Record<string, string>> = {
  bytea: 'int2 int4 int8',
  int2: 'bytea',
  int4: 'bytea',
  int8: 'bytea',
};

/** Everything can be assigned to these through its text form, and made of it when asked to. */
const STRINGS = new Set(['text', 'varchar', 'bpchar', 'name']);

/** "char" was one of them until 15. */
const CHAR_IS_NO_STRING_SINCE = 15;

/** Whether values of every type can be assigned to a built-in type, through their text form. */
export function isString(type: DataType, major: number): boolean {
  if (type.schema !== null || type.arrayDimensions > 0) return false;
  return STRINGS.has(type.name) || (type.name === 'char' && major < CHAR_IS_NO_STRING_SINCE);
}

/** Whether a cast that is written out turns a value of one built-in type into one of another; null if not judged. */
export function hasWrittenCast(from: string, to: string, major: number): boolean | null {
  const known = hasCast(from, to, 'assignment');
  if (known !== false) return known;
  if (STRINGS.has(from) || (major < CHAR_IS_NO_STRING_SINCE && [from, to].includes('char'))) return true;
  const written = `${WRITTEN[from] ?? ''} ${major >= 18 ? (WRITTEN_SINCE_18[from] ?? '') : ''}`;
  return written.split(' ').includes(to);
}

/**
 * Whether a value of one built-in type becomes one of another without being asked to: `implicit` in any expression,
 * `assignment` when a column takes it. null for types that are not judged.
 */
export function hasCast(from: string, to: string, context: 'implicit' | 'assignment'): boolean | null {
  if (from === to) return true;
  if (!JUDGED_TYPES.has(from) || !JUDGED_TYPES.has(to)) return null;
  const [implicit, assignment] = CASTS[from] ?? ['', ''];
  if (implicit.split(' ').includes(to)) return true;
  if (context === 'implicit') return false;
  return STRINGS.has(to) || assignment.split(' ').includes(to);
}
