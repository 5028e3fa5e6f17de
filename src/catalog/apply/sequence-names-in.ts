import type { RelationReference } from '../../model/relation-name.ts';
import { isWord, scanTokens } from '../../sql/postgres/token.ts';

/**
 * The names that identity columns of a statement give to their sequences, in the order of the text:
 * `GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME orders_numbers)`.
 */
export function sequenceNamesIn(sql: string): readonly RelationReference[] {
  const tokens = scanTokens(sql);
  return tokens.flatMap((token, at): readonly RelationReference[] => {
    if (!isWord(token, 'SEQUENCE') || !isWord(tokens[at + 1], 'NAME')) return [];
    const first = identifierOf(tokens[at + 2]?.text ?? '');
    if (tokens[at + 3]?.text !== '.') return [{ schema: null, name: first }];
    return [{ schema: first, name: identifierOf(tokens[at + 4]?.text ?? '') }];
  });
}

function identifierOf(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase();
}
