import type { PartitionBoundSpec, PartitionSpec } from 'libpg-query';
import type { CreateTable } from '../../model/action.ts';
import { type StatementSource, sliceSql } from './statement-source.ts';
import { isWord } from './token.ts';

/** A partition's bound as SQL, as pg_get_expr would print it: `FOR VALUES FROM (1) TO (10)`, `DEFAULT`. */
export function partitionBoundSql(bound: PartitionBoundSpec | undefined, source: StatementSource): string {
  if (bound === undefined) return '';
  if (bound.is_default === true) return 'DEFAULT';
  const tokens = source.tokens();
  // The location is that of the word after FOR VALUES.
  const word = source.tokenAt(bound.location);
  const depth = tokens[word]?.depth ?? 0;
  const closings = tokens.flatMap((token, index) =>
    index > word && token.depth === depth && token.text === ')' ? [index] : [],
  );
  const last = closings[isWord(tokens[word], 'FROM') ? 1 : 0] ?? tokens.length - 1;
  return `FOR VALUES ${sliceSql(source, word, last + 1)}`;
}

/** How a table is partitioned; the key is the list between the brackets. */
export function partitionByOf(spec: PartitionSpec | undefined, source: StatementSource): CreateTable['partitionBy'] {
  if (spec === undefined) return null;
  const tokens = source.tokens();
  const start = source.tokenAt(spec.location);
  const open = tokens.findIndex((token, index) => index > start && token.text === '(');
  const depth = tokens[open]?.depth ?? 0;
  const close = tokens.findIndex((token, index) => index > open && token.depth === depth && token.text === ')');
  return { strategy: strategyOf(spec), key: sliceSql(source, open + 1, close) };
}

function strategyOf(spec: PartitionSpec): 'range' | 'list' | 'hash' {
  switch (spec.strategy) {
    case 'PARTITION_STRATEGY_LIST':
      return 'list';
    case 'PARTITION_STRATEGY_HASH':
      return 'hash';
    default:
      return 'range';
  }
}
