import type { Catalog, Table } from '../../model/catalog.ts';
import { relationKey } from '../../model/relation-name.ts';
import { parseExpression } from '../../sql/postgres/parse-expression.ts';
import { scanTokens } from '../../sql/postgres/token.ts';
import { addConstraint } from './add-constraint.ts';

/**
 * The CHECK that DETACH PARTITION CONCURRENTLY leaves on the former partition: what its bound said, so that nobody has
 * to scan it when it is attached again. Hash bounds name the parent's OID and are left out.
 */
export function partitionCheck(catalog: Catalog, parent: Table, partition: Table): Catalog {
  const sql = boundCondition(parent, partition.partitionOf?.bound ?? '');
  if (sql === null) return catalog;
  const expression = parseExpression(sql);
  const definition = {
    kind: 'check',
    name: null,
    sql: `CHECK (${sql})`,
    expression,
    valid: true,
    enforced: true,
    noInherit: false,
  } as const;
  return addConstraint(catalog, relationKey(partition.name), definition, { only: false, fresh: false });
}

function boundCondition(parent: Table, bound: string): string | null {
  const keys = splitList(parent.partitionBy?.key ?? '');
  const lists = bracketLists(bound);
  const [first, second] = lists;
  if (first === undefined) return null;
  const notNull = keys.map((key) => `(${key} IS NOT NULL)`);
  if (/\bIN\b/i.test(bound) && lists.length === 1) {
    const values = splitList(first);
    const listed = values.filter((value) => value.toUpperCase() !== 'NULL');
    const member = `(${keys[0]} = ANY (ARRAY[${listed.join(', ')}]))`;
    return listed.length < values.length ? `(${keys[0]} IS NULL) OR ${member}` : [...notNull, member].join(' AND ');
  }
  if (second === undefined) return null;
  return [...notNull, ...edge(keys, splitList(first), '>='), ...edge(keys, splitList(second), '<')].join(' AND ');
}

/** One end of a range; MINVALUE and MAXVALUE say nothing. */
function edge(keys: readonly string[], values: readonly string[], operator: string): readonly string[] {
  const end = values.findIndex((value) => /^(MIN|MAX)VALUE$/i.test(value));
  const count = end < 0 ? values.length : end;
  if (count === 0) return [];
  return [`(ROW(${keys.slice(0, count).join(', ')}) ${operator} ROW(${values.slice(0, count).join(', ')}))`];
}

function bracketLists(sql: string): readonly string[] {
  const tokens = scanTokens(sql);
  const opens = tokens.filter((token) => token.depth === 0 && token.text === '(');
  const closes = tokens.filter((token) => token.depth === 0 && token.text === ')');
  return opens.map((open, position) => sql.slice(open.end, closes[position]?.start));
}

function splitList(sql: string): readonly string[] {
  const commas = scanTokens(sql).filter((token) => token.depth === 0 && token.text === ',');
  const starts = [0, ...commas.map((comma) => comma.end)];
  return starts.map((start, position) => sql.slice(start, commas[position]?.start).trim());
}
