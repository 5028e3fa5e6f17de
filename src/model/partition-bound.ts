/** The bound of a partition, its values as SQL. */
export type Bound =
  | { readonly kind: 'default' }
  | { readonly kind: 'range'; readonly from: readonly string[]; readonly to: readonly string[] }
  | { readonly kind: 'list'; readonly values: readonly string[] }
  | { readonly kind: 'hash'; readonly modulus: number; readonly remainder: number };

/** Reads `FOR VALUES FROM (1) TO (10)`, `FOR VALUES IN ('a')`, `FOR VALUES WITH (MODULUS 2, REMAINDER 0)`, `DEFAULT`. */
export function boundOf(sql: string): Bound | null {
  if (/^\s*DEFAULT\s*$/i.test(sql)) return { kind: 'default' };
  const range = /\bFROM\s*\((.*)\)\s*TO\s*\((.*)\)\s*$/is.exec(sql);
  if (range !== null) return { kind: 'range', from: splitAt(range[1] ?? '', ','), to: splitAt(range[2] ?? '', ',') };
  const list = /\bIN\s*\((.*)\)\s*$/is.exec(sql);
  if (list !== null) return { kind: 'list', values: splitAt(list[1] ?? '', ',') };
  const hash = /MODULUS\s+(\d+)\s*,\s*REMAINDER\s+(\d+)/i.exec(sql);
  return hash === null ? null : { kind: 'hash', modulus: Number(hash[1]), remainder: Number(hash[2]) };
}

/** Splits SQL at a separator that stands outside all brackets and quotes. */
export function splitAt(sql: string, separator: ',' | ' AND ' | ' OR '): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < sql.length; at += 1) {
    const character = sql[at];
    if (character === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '(' || character === '[') depth += 1;
    if (character === ')' || character === ']') depth -= 1;
    if (depth > 0 || sql.slice(at, at + separator.length).toUpperCase() !== separator) continue;
    parts.push(sql.slice(start, at).trim());
    start = at + separator.length;
    at = start - 1;
  }
  return [...parts, sql.slice(start).trim()];
}
