import type { Statement } from '../../model/statement.ts';
import { scanTokens } from './token.ts';

/** UTF-16 offsets in the text of a statement, the end excluded. */
export interface CommandRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the commands of an ALTER TABLE stand in its text, one range each, in order; empty for other statements.
 *
 * @example commandRanges(parseStatements('ALTER TABLE t ADD a int, DROP b', 'x.sql')[0]) // [{ start: 14, end: 23 }, ...]
 */
export function commandRanges(statement: Statement): readonly CommandRange[] {
  const { action, sql } = statement;
  if (action.kind !== 'alter-table') return [];
  const elements: { start: number; end: number }[][] = [[]];
  for (const token of scanTokens(sql)) {
    if (token.depth === 0 && token.text === ',') elements.push([]);
    else elements.at(-1)?.push(token);
  }
  if (elements.length !== action.commands.length) return [];
  return elements.flatMap((tokens, index) => {
    // The first element begins with ALTER TABLE and the name; its command are the last of its tokens.
    const words = index === 0 ? scanTokens(action.commands[0]?.sql ?? '').length : tokens.length;
    const first = tokens.at(-words);
    const last = tokens.at(-1);
    return first === undefined || last === undefined ? [] : [{ start: first.start, end: last.end }];
  });
}
