import type { Table } from '../../model/catalog.ts';

/**
 * Whether a valid CHECK already says that every row of `table` lies inside (or outside) a partition bound, so that
 * the server need not read it. Decided for range bounds and single values of one column, which is what people write;
 * anything else that mentions the key is `unknown`, and no CHECK on the key at all is `open`.
 */
export function boundProof(
  parent: Table,
  table: Table,
  bound: string,
  side: 'inside' | 'outside',
): 'proven' | 'open' | 'unknown' {
  const key = (parent.partitionBy?.key ?? '').replaceAll('"', '').trim();
  const checks = table.constraints.flatMap((one) =>
    one.kind === 'check' && one.valid && one.expression.columns.some((column) => key.includes(column))
      ? [normalise(one.expression.sql)]
      : [],
  );
  if (checks.length === 0) return 'open';
  const range = /FROM \((.+?)\) TO \((.+?)\)/i.exec(bound);
  if (range === null) return 'unknown';
  const from = value(range[1] ?? '');
  const to = value(range[2] ?? '');
  const isNotNull =
    table.columns.some((column) => column.name === key && column.notNull) ||
    checks.some((check) => check.includes(`${key} is not null`));
  const has = (fragment: string): boolean => checks.some((check) => check.includes(fragment));
  const proven =
    side === 'inside'
      ? has(`${key} >= ${from}`) && has(`${key} < ${to}`) && isNotNull
      : has(`${key} < ${from}`) || has(`${key} >= ${to}`);
  return proven ? 'proven' : 'unknown';
}

/** One spelling for the text of a CHECK: no quotes around names, no casts of literals, no parentheses. */
function normalise(sql: string): string {
  return sql
    .replaceAll('"', '')
    .replace(/CAST\((.+?) AS [a-z ]+(\(\d+\))?\)/gi, '$1')
    .replace(/::[a-z_ ]+(\(\d+\))?/gi, '')
    .replace(/\b(date|timestamp|timestamptz) '/gi, "'")
    .replace(/[()]/g, '')
    .replace(/\s+/g, ' ')
    .toLowerCase();
}

function value(text: string): string {
  return normalise(text).trim();
}
