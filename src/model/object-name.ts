import type { Catalog } from './catalog.ts';
import type { IndexKey } from './definition.ts';
import { linkedKeys } from './linked-relations.ts';
import { type QualifiedName, relationKey } from './relation-name.ts';

/** PostgreSQL keeps 63 bytes of a name. */
const NAME_BYTES = 63;

/**
 * The name that the server makes up for an object: `table_column_suffix`, the longer of the first two parts cut until
 * all fits into 63 bytes (makeObjectName in the server's source; proved against servers by the catalog tests).
 */
export function makeObjectName(first: string, second: string | null, suffix: string): string {
  const overhead = Buffer.byteLength(suffix) + 1 + (second === null ? 0 : 1);
  const room = NAME_BYTES - overhead;
  let firstBytes = Buffer.byteLength(first);
  let secondBytes = second === null ? 0 : Buffer.byteLength(second);
  while (firstBytes + secondBytes > room) {
    if (firstBytes > secondBytes) firstBytes -= 1;
    else secondBytes -= 1;
  }
  const parts = [clip(first, firstBytes), ...(second === null ? [] : [clip(second, secondBytes)]), suffix];
  return parts.join('_');
}

/**
 * A name as the server keeps it: cut to 63 bytes.
 *
 * @example keptName('orders') // 'orders'
 */
export function keptName(name: string): string {
  return clip(name, NAME_BYTES);
}

/** Cuts to a number of bytes without splitting a character. */
function clip(text: string, bytes: number): string {
  const buffer = Buffer.from(text);
  if (buffer.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return buffer.subarray(0, end).toString();
}

/** `makeObjectName`, numbered until no relation or index of the schema bears it. */
export function chooseRelationName(
  catalog: Catalog,
  schema: string,
  first: string,
  second: string | null,
  suffix: string,
): string {
  return numbered(first, second, suffix, (name) => relationNameIsTaken(catalog, schema, name));
}

/** The name of an index that a constraint brings with it: free among the relations and among the constraints. */
export function chooseConstraintIndexName(
  catalog: Catalog,
  schema: string,
  first: string,
  second: string | null,
  suffix: 'pkey' | 'key' | 'excl',
): string {
  return numbered(
    first,
    second,
    suffix,
    (name) => relationNameIsTaken(catalog, schema, name) || constraintNameIsTaken(catalog, schema, name),
  );
}

/** The name of a constraint without an index (CHECK, FOREIGN KEY, NOT NULL): free among the schema's constraints. */
export function chooseConstraintName(
  catalog: Catalog,
  schema: string,
  first: string,
  second: string | null,
  suffix: 'check' | 'fkey' | 'not_null',
): string {
  return numbered(first, second, suffix, (name) => constraintNameIsTaken(catalog, schema, name));
}

function numbered(first: string, second: string | null, suffix: string, isTaken: (name: string) => boolean): string {
  for (let pass = 0; ; pass += 1) {
    const name = makeObjectName(first, second, pass === 0 ? suffix : `${suffix}${pass}`);
    if (!isTaken(name)) return name;
  }
}

function relationNameIsTaken(catalog: Catalog, schema: string, name: string): boolean {
  if (catalog.relations[relationKey({ schema, name })] !== undefined) return true;
  return linkedKeys(catalog, 'index', `${schema}.${name}`).some((key) => {
    const relation = catalog.relations[key];
    if (relation === undefined || relation.kind === 'sequence' || relation.name.schema !== schema) return false;
    return relation.indexes.some((index) => index.name === name);
  });
}

function constraintNameIsTaken(catalog: Catalog, schema: string, name: string): boolean {
  const onTables = linkedKeys(catalog, 'constraint', `${schema}.${name}`).some((key) => {
    const table = catalog.relations[key];
    if (table?.kind !== 'table' || table.name.schema !== schema) return false;
    return table.constraints.some((constraint) => constraint.name === name);
  });
  if (onTables) return true;
  return Object.values(catalog.types).some(
    (type) =>
      type.kind === 'domain' &&
      type.name.schema === schema &&
      type.constraints.some((constraint) => constraint.name === name),
  );
}

/** The name of a CREATE INDEX that gives none: `table_column_column_idx`, expressions by their function or `expr`. */
export function chooseIndexName(
  catalog: Catalog,
  table: QualifiedName,
  keys: readonly IndexKey[],
  include: readonly string[] = [],
): string {
  const columns = indexNameColumns(keys, include);
  return chooseRelationName(catalog, table.schema, table.name, joinNameParts(columns), 'idx');
}

/** The columns' part of a name: joined by `_`, no longer than a name may be before the last one is added. */
export function joinNameParts(parts: readonly string[]): string {
  let joined = '';
  for (const part of parts) {
    joined = joined === '' ? part : `${joined}_${part}`;
    if (Buffer.byteLength(joined) > NAME_BYTES) break;
  }
  return joined;
}

/** How the keys of an index are called in its name; a second key of the same name is numbered. */
export function indexNameColumns(keys: readonly IndexKey[], include: readonly string[] = []): readonly string[] {
  const names: string[] = [];
  const included = include.map((column) => ({ column, expression: null }));
  for (const key of [...keys, ...included]) {
    const base = key.column ?? expressionName(key.expression?.sql ?? '') ?? 'expr';
    let name = base;
    for (let count = 1; names.includes(name); count += 1) name = `${base}${count}`;
    names.push(name);
  }
  return names;
}

/**
 * How the server names a value without an alias: a call by its function, a cast by what is cast or else by its type, a
 * CASE by its keyword; null when it has no name of its own (FigureColname in the server's source).
 */
function expressionName(sql: string): string | null {
  const text = withoutOuterBrackets(sql.trim());
  if (/^[a-z_][a-z0-9_$]*$/i.test(text)) return text.toLowerCase();
  if (/^case\b.*\bend$/is.test(text)) return 'case';
  const call = /^(?:[a-z_][a-z0-9_$]*\.)*([a-z_][a-z0-9_$]*)\s*\(/i.exec(text);
  if (call !== null && closingBracket(text, call[0].length - 1) === text.length - 1)
    return (call[1] ?? '').toLowerCase();
  const cast = /^(.*)::\s*([a-z_][a-z0-9_$]*)(?:\([0-9, ]*\))?$/is.exec(text);
  if (cast === null) return null;
  const operand = (cast[1] ?? '').trim();
  const isWhole =
    /^[a-z_][a-z0-9_$.]*$/i.test(operand) || closingBracket(operand, operand.indexOf('(')) === operand.length - 1;
  if (!isWhole && !/^'[^']*'$/.test(operand)) return null;
  return expressionName(operand) ?? internalTypeName((cast[2] ?? '').toLowerCase());
}

const INTERNAL_TYPE_NAMES: Readonly<Record<string, string>> = {
  bigint: 'int8',
  bool: 'bool',
  boolean: 'bool',
  char: 'bpchar',
  decimal: 'numeric',
  float: 'float8',
  int: 'int4',
  integer: 'int4',
  real: 'float4',
  smallint: 'int2',
};

function internalTypeName(written: string): string {
  return INTERNAL_TYPE_NAMES[written] ?? written;
}

function withoutOuterBrackets(text: string): string {
  if (!text.startsWith('(') || closingBracket(text, 0) !== text.length - 1) return text;
  return withoutOuterBrackets(text.slice(1, -1).trim());
}

/** Where the bracket that opens at `start` is closed; -1 when it is not. */
function closingBracket(text: string, start: number): number {
  if (start < 0) return -1;
  let depth = 0;
  let quote: string | null = null;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== null) {
      if (character === quote) quote = null;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}
