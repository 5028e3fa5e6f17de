/** What stands in a text from `start` to `end`, in UTF-16 units. */
export interface TextRange {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * One token or comment at a time. Only what has no second reading: strings with escapes or prefixes, parameters,
 * operators that end in a sign, numbers with a tail and the like make the whole text a matter for the server's scanner.
 */
const PLAIN = new RegExp(
  [
    '[\\t\\n\\r ]+',
    '--[^\\n\\r]*',
    '/\\*(?:(?!\\*/|/\\*)[^])*\\*/',
    '[A-Za-z_\\u0080-\\uFFFF][A-Za-z0-9_$\\u0080-\\uFFFF]*(?![A-Za-z0-9_$\\u0080-\\uFFFF\'"&])',
    "'[^']*(?:''[^']*)*'(?!'|[\\t ]*(?:--|[\\n\\r]))",
    '"[^"]+(?:""[^"]*)*"(?!")',
    '[0-9]+(?:\\.[0-9]+)?(?![A-Za-z0-9_.$\\u0080-\\uFFFF])',
    '\\$\\$[^]*?\\$\\$|\\$([A-Za-z_][A-Za-z0-9_]*)\\$[^]*?\\$\\1\\$',
    '::|:=|[(),;[\\]]|\\.(?![.0-9])|:(?![:=])',
    '(?:<=|>=|<>|!=|=>|\\|\\||->>?|[-+*/%^<>=])(?![-+*/<>=~!@#%^&|`?])',
  ].join('|'),
  'y',
);

/** libpg-query 18.1.5 cannot tell what it found in a text with one of these. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/**
 * The tokens and comments of a text as PostgreSQL's scanner cuts them, without asking it; `null` for a text that has
 * anything in it of which that is not certain. Held against the scanner in `test/sql/plain-tokens.test.ts`.
 */
export function plainRanges(sql: string): readonly TextRange[] | null {
  if (CONTROL.test(sql)) return null;
  const ranges: TextRange[] = [];
  PLAIN.lastIndex = 0;
  for (let start = 0; start < sql.length; start = PLAIN.lastIndex) {
    if (!PLAIN.test(sql)) return null;
    const end = PLAIN.lastIndex;
    if (sql.charCodeAt(start) > 32) ranges.push({ text: sql.slice(start, end), start, end });
  }
  return ranges;
}
