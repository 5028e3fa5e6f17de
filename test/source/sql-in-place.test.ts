import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Expression, isProblem, parseCode } from '../../src/source/code-tree.ts';
import { sqlInPlace } from '../../src/source/sql-in-place.ts';
import { writtenText } from '../../src/source/written-text.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { scanTokens } from '../../src/sql/postgres/token.ts';

beforeAll(() => loadParser());

const TOKENS = [
  'ALTER',
  'TABLE',
  'x1',
  '"a ""b"""',
  '"Ä `c`"',
  "'it''s'",
  "E'a\\'b\\\\'",
  ["'\\x $", "{y}'"].join(''),
  "U&'d\\0061t'",
  "B'01'",
  '12.5',
  '(',
  ')',
  ',',
  '.',
  '::',
  '||',
  '->>',
  '<=',
  '=',
  ';',
  "$$ $1 -- no\n 'x $$",
  '$f$ $$ \\ $f$',
  '/* a /* b */ `c` */',
  '-- why \\ `d`\n',
  "'two\nlines'",
  '$1',
  '*',
  '-',
  '/',
];
const SPACES = [' ', '  ', '\n', '\t', '\n  '];

interface Piece {
  readonly kind: 'single' | 'double' | 'template';
  readonly text: string;
  readonly escapes: readonly number[];
}

/** A literal of JavaScript; line breaks stand as they are where they may. */
function literal({ kind, text, escapes }: Piece): string {
  const quote = { single: "'", double: '"', template: '`' }[kind];
  const signs = [...text].map((sign, index) => {
    const how = escapes[index % escapes.length] ?? 0;
    if (sign === '\n') return kind === 'template' ? '\n' : '\\n';
    if (sign === '\\' || sign === quote || sign === '$') return `\\${sign}`;
    if (how === 1) return `\\u{${sign.codePointAt(0)?.toString(16)}}`;
    if (how === 2 && sign.charCodeAt(0) < 256) return `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`;
    return how === 3 && kind !== 'template' ? `${sign}\\\n` : sign;
  });
  return quote + signs.join('') + quote;
}

function words(sql: string): readonly string[] {
  // Texts that a line break joins are one word; how far they stand apart means nothing.
  return scanTokens(sql).map(({ start, end }) => sql.slice(start, end).replaceAll(/'\s*\n\s*'/g, "'\n'"));
}

const text = fc
  .array(fc.tuple(fc.constantFrom(...TOKENS), fc.constantFrom(...SPACES)), { minLength: 1, maxLength: 12 })
  .map((pairs) => pairs.flat().join(''));
const cuts = fc.array(
  fc.tuple(fc.nat(60), fc.constantFrom('single', 'double', 'template'), fc.array(fc.nat(6), { minLength: 1 })),
  {
    maxLength: 4,
  },
);

let placedTexts = 0;

test('however a text is written in code, the same words stand at their places', async () => {
  await fc.assert(
    fc.asyncProperty(text, cuts, fc.constantFrom('\n', '\r\n'), async (sql, given, lineBreak) => {
      const pieces: Piece[] = [];
      let rest = sql;
      for (const [length, kind, escapes] of given) {
        pieces.push({ kind, text: rest.slice(0, length), escapes });
        rest = rest.slice(length);
      }
      pieces.push({ kind: 'template', text: rest, escapes: [0] });
      const code = `\n  f(${pieces.map(literal).join(' +\n  ')});\n`.replaceAll('\n', lineBreak);
      const tree = await parseCode(code, 'x.js');
      if (isProblem(tree)) throw new TypeError(tree.why);
      const statement = tree.program.body[0] as { expression: { arguments: readonly Expression[] } };
      const written = writtenText(code, statement.expression.arguments[0]!);
      if (isProblem(written)) throw new TypeError(written.why);
      expect(written.value).toBe(sql);
      const placed = sqlInPlace(code, written);
      const start = written.offsets[0] ?? written.end;
      if (isProblem(placed)) {
        // A line break that is an escape has no place inside of what is quoted, and means something between two of it.
        if (!placed.why.startsWith('Two quoted')) expect(code.slice(placed.at, placed.at + 2)).toBe('\\n');
        else expect(sql).toMatch(/'\s[\s\S]*'/);
        return;
      }
      placedTexts += 1;
      const there = code.slice(start, written.end + 1);
      expect(placed).toHaveLength(there.length);
      expect(placed.replaceAll(/[^\r\n]/g, '').replaceAll('\r', '')).toBe(
        there.replaceAll(/[^\r\n]/g, '').replaceAll('\r', ''),
      );
      expect(words(placed)).toEqual([...words(sql), ';']);
    }),
    { numRuns: 3_000 },
  );
  expect(placedTexts).toBeGreaterThan(1_500);
});
