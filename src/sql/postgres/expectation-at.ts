import { parseSync } from 'libpg-query';
import { editDistance } from '../../model/edit-distance.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import { scanTokens, type Token } from './token.ts';

/** Words of statements that migrations are made of; a word that looks like one of them may be it misspelled. */
const COMMON_WORDS: readonly string[] =
  `ADD ALTER ALWAYS ANALYZE AND ATTACH BEGIN BIGINT BOOLEAN CASCADE CHECK COLUMN COMMENT COMMIT CONCURRENTLY CONSTRAINT
  CREATE DATA DEFAULT DEFERRABLE DELETE DETACH DISABLE DISTINCT DOMAIN DROP ENABLE ENUM EXECUTE EXISTS EXTENSION FOREIGN
  FROM FUNCTION GENERATED GRANT GROUP IDENTITY INDEX INHERIT INSERT INTO INTEGER JOIN LANGUAGE LEVEL MATERIALIZED NOT
  NULL ONLY OWNER PARTITION POLICY PRIMARY PROCEDURE REFERENCES REFRESH REINDEX RENAME REPLACE RESTRICT RETURNS ROLLBACK
  SCHEMA SECURITY SELECT SEQUENCE SET STATISTICS STORED TABLE TABLESPACE TEMPORARY TIMESTAMP TRIGGER TRUNCATE TYPE
  UNIQUE UPDATE USING VACUUM VALID VALIDATE VALUES VARCHAR VIEW WHERE WITH`.split(/\s+/);

/** How many words before the parser's cursor may be the misspelled one. */
const WORDS_LOOKED_BACK = 2;

/**
 * What the parser would rather have seen, found by trying: the smallest change near the error that makes the whole
 * statement parse. null when no single small change does.
 *
 * @param offset UTF-16 offset of the parser's error.
 */
export function expectationAt(text: string, offset: number): string | null {
  const statement = brokenStatement(text, offset);
  if (statement === null) return null;
  const { tokens, at } = statement;
  return needlessComma(tokens, at) ?? reservedWord(tokens, at) ?? missingSign(tokens, at) ?? misspelledWord(tokens, at);
}

/** The tokens from the semicolon before the error to the one after it, and which of them the error stands at. */
function brokenStatement(
  text: string,
  offset: number,
): { readonly tokens: readonly Token[]; readonly at: number } | null {
  let all: readonly Token[];
  try {
    all = scanTokens(text);
  } catch {
    return null;
  }
  const found = all.findIndex((token) => token.start >= offset);
  const at = found < 0 ? all.length : found;
  const start = all.findLastIndex((token, index) => index < at && token.text === ';') + 1;
  const next = all.findIndex((token, index) => index >= at && token.text === ';');
  return { tokens: all.slice(start, next < 0 ? all.length : next), at: at - start };
}

function reservedWord(tokens: readonly Token[], at: number): string | null {
  const word = tokens[at]?.text ?? '';
  if (!RESERVED_WORDS.has(word.toLowerCase())) return null;
  const quoted = `"${word.toLowerCase()}"`;
  return parses([...texts(tokens, 0, at), quoted, ...texts(tokens, at + 1)])
    ? `${word} is a reserved word; as a name it has to be quoted: ${quoted}`
    : null;
}

function missingSign(tokens: readonly Token[], at: number): string | null {
  for (const sign of [',', ')', '(', ';']) {
    if (!parses([...texts(tokens, 0, at), sign, ...texts(tokens, at)])) continue;
    return at < tokens.length ? `expected "${sign}" before it` : `expected "${sign}" at the end`;
  }
  return null;
}

function needlessComma(tokens: readonly Token[], at: number): string | null {
  if (tokens[at - 1]?.text !== ',') return null;
  return parses([...texts(tokens, 0, at - 1), ...texts(tokens, at)]) ? 'the comma before it is one too many' : null;
}

function misspelledWord(tokens: readonly Token[], at: number): string | null {
  for (let index = at; index >= Math.max(0, at - WORDS_LOOKED_BACK); index -= 1) {
    const word = tokens[index]?.text.toUpperCase() ?? '';
    if (word.length < 3) continue;
    const candidates = COMMON_WORDS.filter((common) => common !== word && editDistance(common, word) <= 2);
    candidates.sort((a, b) => editDistance(a, word) - editDistance(b, word));
    const meant = candidates.find((one) => parses([...texts(tokens, 0, index), one, ...texts(tokens, index + 1)]));
    if (meant !== undefined) return `expected ${meant} instead of ${tokens[index]?.text}`;
  }
  return null;
}

function texts(tokens: readonly Token[], start: number, end: number = tokens.length): readonly string[] {
  return tokens.slice(start, end).map((token) => token.text);
}

function parses(words: readonly string[]): boolean {
  try {
    parseSync(words.join(' '));
    return true;
  } catch {
    return false;
  }
}
