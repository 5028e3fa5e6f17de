import { isBuiltInType } from '../../model/built-in-type.ts';
import type { DataType } from '../../model/data-type.ts';
import { quoteIdentifier, quoteName } from './quote.ts';

/** How `format_type` spells the types that SQL knows under another name than pg_type; `#` is where modifiers go. */
const SPELLINGS: Readonly<Record<string, string>> = {
  bit: 'bit#',
  bool: 'boolean',
  char: '"char"',
  float4: 'real',
  float8: 'double precision',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  time: 'time# without time zone',
  timestamp: 'timestamp# without time zone',
  timestamptz: 'timestamp# with time zone',
  timetz: 'time# with time zone',
  varbit: 'bit varying#',
  varchar: 'character varying#',
};

/**
 * A type as SQL text, spelled as PostgreSQL's `format_type` spells it.
 *
 * @example typeSql({ schema: null, name: 'varchar', modifiers: [20], arrayDimensions: 0 }) // 'character varying(20)'
 * @example typeSql({ schema: 'public', name: 'Mood', modifiers: [], arrayDimensions: 1 }) // 'public."Mood"[]'
 */
export function typeSql(type: DataType): string {
  const modifiers = type.modifiers.length === 0 ? '' : `(${type.modifiers.join(',')})`;
  const spelling = spellingOf(type);
  const base = spelling.includes('#') ? spelling.replace('#', modifiers) : `${spelling}${modifiers}`;
  return base + '[]'.repeat(type.arrayDimensions);
}

function spellingOf(type: DataType): string {
  const [name = '', words] = splitWords(type.name);
  if (words !== undefined) return `${quoteName({ schema: type.schema, name })}${words}`;
  if (type.schema !== null) return quoteName(type);
  const modified = type.modifiers.length > 0;
  // `bit` and `character` alone mean a length of 1 in SQL; without any length the internal name has to stand.
  if (type.name === 'bpchar') return modified ? 'character' : 'bpchar';
  if (type.name === 'bit' && !modified) return '"bit"';
  const spelling = SPELLINGS[type.name];
  if (spelling !== undefined) return spelling;
  return isBuiltInType(type.name) ? type.name : quoteIdentifier(type.name);
}

/** Modifiers that are no numbers stand in the name: `geometry(point,4326)`. */
function splitWords(name: string): readonly string[] {
  return /^([^(]+)(\(.*\))$/.exec(name)?.slice(1) ?? [];
}
