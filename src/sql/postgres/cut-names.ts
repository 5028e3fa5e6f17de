import { keptName } from '../../model/object-name.ts';
import type { CutName } from '../../model/statement.ts';
import { scanTokens } from './token.ts';

/** 64 bytes are at least so many UTF-16 units; without an upper bound a word of megabytes is too much for the matcher. */
const LONG_WORD = /[\w$\u0080-\uffff]{22,200}|"[^"]{22,200}/g;
const NAME_BYTES = 63;

/** The names in a statement that are too long for the server, each once; names inside of code are not looked at. */
export function cutNames(sql: string): readonly CutName[] {
  if (!mayHaveLongName(sql)) return [];
  const written = scanTokens(sql).flatMap(({ text }) => nameIn(text) ?? []);
  return [...new Set(written)].filter(isLong).map((name) => ({ written: name, kept: keptName(name) }));
}

function mayHaveLongName(sql: string): boolean {
  for (const [word] of sql.matchAll(LONG_WORD)) if (isLong(word)) return true;
  return false;
}

function isLong(text: string): boolean {
  return Buffer.byteLength(text) > NAME_BYTES;
}

/** A token as a name; null for literals, numbers and signs. */
function nameIn(token: string): string | null {
  if (token.startsWith('"')) return token.slice(1, -1).replaceAll('""', '"');
  return /^[\p{L}_]/u.test(token) && !token.includes("'") && !token.includes('"') ? token.toLowerCase() : null;
}
