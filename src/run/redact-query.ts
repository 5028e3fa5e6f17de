const SHOWN_CHARACTERS = 200;

/**
 * The first 200 characters of somebody's query without its literals and comments: enough to recognise it, nothing
 * that was in the data. A literal that the server cut off in the middle is left out to its end.
 *
 * @example redactQuery("UPDATE users SET mail = 'a@b.c' WHERE id = 7") // 'UPDATE users SET mail = ? WHERE id = ?'
 */
export function redactQuery(query: string | null): string | null {
  if (query === null) return null;
  const redacted = query
    .replace(PARTS, (part) => {
      if (part.startsWith('--') || part.startsWith('/*')) return ' ';
      return part.startsWith('"') ? part : '?';
    })
    .replace(/\s+/g, ' ')
    .trim();
  return redacted.slice(0, SHOWN_CHARACTERS);
}

/**
 * Quoted names (kept), then what must go: comments, dollar-quoted, escape and plain strings, numbers. A string without
 * its end reaches to the end of the text.
 */
const PARTS =
  /"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$([A-Za-z_][A-Za-z0-9_]*)?\$[\s\S]*?(?:\$\1\$|$)|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|'(?:[^']|'')*(?:'|$)|(?<![\w$"])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
