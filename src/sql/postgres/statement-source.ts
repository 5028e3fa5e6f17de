import { InvariantError } from '../../model/error.ts';
import { isWord, joinTokens, scanTokens, type Token } from './token.ts';

/**
 * The text of one statement beside its tree. SQL that has to run again is cut out of what the user wrote, word by word:
 * pgsql-deparser 18.3.8 lost or misspelled something in 29 of 500 statements (INCLUDE, brackets after DEFAULT, quotes
 * after USING INDEX, ...), and text that was written reads best.
 */
export interface StatementSource {
  readonly sql: string;
  /** Scanned at the first call. */
  tokens(): readonly Token[];
  /** Index of the token at a location of the tree. */
  tokenAt(location: number | undefined): number;
}

/**
 * @param offsetOf turns a location of the tree into a UTF-16 offset in `sql`.
 */
export function statementSource(sql: string, offsetOf: (location: number) => number): StatementSource {
  let scanned: readonly Token[] | null = null;
  const tokens = (): readonly Token[] => {
    scanned ??= scanTokens(sql);
    return scanned;
  };
  return {
    sql,
    tokens,
    tokenAt: (location) => {
      const offset = offsetOf(location ?? 0);
      const all = tokens();
      let low = 0;
      let high = all.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((all[middle]?.end ?? 0) <= offset) low = middle + 1;
        else high = middle;
      }
      const token = all[low];
      if (token === undefined || token.start > offset) {
        throw new InvariantError(`No word stands at offset ${offset} of: ${sql}`);
      }
      return low;
    },
  };
}

/** Index after a name that may be qualified: `a`, `a.b`, `"A"."B"`. */
export function endOfName(source: StatementSource, start: number): number {
  const tokens = source.tokens();
  let index = start + 1;
  for (;;) {
    if (isWord(tokens[index], 'UESCAPE')) index += 2;
    if (!isWord(tokens[index], '.')) return index;
    index += 2;
  }
}

/** Index after the list element that holds `start`: the next comma or closing bracket of its own depth, or the end. */
export function endOfElement(source: StatementSource, start: number): number {
  const tokens = source.tokens();
  const depth = tokens[start]?.depth ?? 0;
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || token.depth < depth || (token.depth === depth && token.text === ',')) return index;
  }
  return tokens.length;
}

/** Index of the first `word` at the depth of `start`, from `start` on; -1 when there is none. */
export function findWord(source: StatementSource, word: string, start = 0): number {
  const depth = source.tokens()[start]?.depth ?? 0;
  return source.tokens().findIndex((token, index) => index >= start && token.depth === depth && isWord(token, word));
}

/** The SQL of a range of tokens, the end excluded. */
export function sliceSql(source: StatementSource, start: number, end: number = source.tokens().length): string {
  return joinTokens(source.tokens().slice(start, end));
}

/** Index after a relation's name with what may surround it: `a.b`, `a.b *`, `(a.b)` after ONLY. */
export function endOfRelation(source: StatementSource, start: number): number {
  const tokens = source.tokens();
  const end = endOfName(source, start);
  const bracketed = isWord(tokens[start - 2], 'ONLY') && isWord(tokens[start - 1], '(');
  return bracketed || isWord(tokens[end], '*') ? end + 1 : end;
}
