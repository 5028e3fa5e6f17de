import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { scanSync } from 'libpg-query';
import { beforeAll, expect, test } from 'vitest';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { plainRanges, type TextRange } from '../../src/sql/postgres/plain-tokens.ts';
import { textPositions } from '../../src/sql/postgres/text-positions.ts';

beforeAll(loadParser);

/** What PostgreSQL's scanner says; null when it refuses the text. */
function scanned(sql: string): readonly TextRange[] | null {
  const positions = textPositions(sql);
  try {
    return scanSync(sql).tokens.map((token) => {
      const [start, end] = [positions.offsetOfByte(token.start), positions.offsetOfByte(token.end)];
      return { text: sql.slice(start, end), start, end };
    });
  } catch {
    return null;
  }
}

const PIECES = [
  ...[
    'a',
    'B_1',
    'é',
    'select',
    'e',
    'E',
    'u',
    'U&',
    'n',
    'x',
    'b',
    '$',
    '$1',
    '$$',
    '$a$',
    '"q"',
    '"',
    '""',
    "'",
    "''",
  ],
  ...["'s'", "E'\\n'", "'\\'", '\n', '\r', ' ', '\t', '\f', '--', '-- c\n', '/*', '*/', '/* c */', '/*/* n */*/'],
  ...['1', '0', '1.5', '.5', '1.', '..', '.', '1e3', '1_000', '0x1f', '1a', ':', '::', ':=', '=>', '=', '<', '>', '<='],
  ...['>=', '<>', '!=', '!', '||', '|', '->', '->>', '-', '+', '*', '/', '%', '^', '@', '@-', '#', '&', '~', '`', '?'],
  ...['(', ')', '[', ']', ',', ';', '\\', '{', '\u00a0', '\u0001', '漢', '😀', 'UESCAPE'],
];

test('cuts a text as the scanner of PostgreSQL does, or says that it does not know', () => {
  let plain = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }), (pieces) => {
      const sql = pieces.join('');
      if (sql === '') return;
      const ranges = plainRanges(sql);
      if (ranges === null) return;
      plain += 1;
      expect(ranges).toEqual(scanned(sql));
    }),
    { numRuns: 200_000 },
  );
  expect(plain).toBeGreaterThan(1000);
});

test('knows nearly every file of the rules by itself', () => {
  const files = readdirSync('rules', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sql'));
  const texts = files.map((name) => readFileSync(`rules/${name}`, 'utf8'));
  const unknown = texts.filter((text) => {
    const ranges = plainRanges(text);
    if (ranges !== null) expect(ranges).toEqual(scanned(text));
    return ranges === null;
  });
  expect(unknown.length).toBeLessThan(texts.length / 10);
});

test.each([
  ['a string with an escape', "E'\\''"],
  ['a string that goes on in the next line', "'a'\n'b'"],
  ['a string that is never closed', "'a"],
  ['a comment in a comment', '/* /* */ */'],
  ['a number with a tail', '1.e5'],
])('leaves %s to the scanner', (_what, sql) => {
  expect(plainRanges(sql)).toBeNull();
});
