import {
  bareExpression,
  type CodeProblem,
  codeProblem,
  type Expression,
  endOf,
  isProblem,
  startOf,
} from './code-tree.ts';

/** A text that stands in code, with the place of each of its UTF-16 code units there. */
export interface WrittenText {
  readonly value: string;
  readonly offsets: readonly number[];
  /** Where its last quote stands. */
  readonly end: number;
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
};

/** A unit of a literal as it is written: an escape, a line break or a sign. */
const WRITTEN_UNIT = /\\u\{([\da-f]+)\}|\\u([\da-f]{4})|\\x([\da-f]{2})|\\(\r\n|[\s\S])|\r\n?|[\s\S]/giy;

/**
 * The text of a string, of a template without placeholders, or of several of them put together with `+`.
 *
 * @param code the file.
 */
export function writtenText(code: string, expression: Expression): WrittenText | CodeProblem {
  const node = bareExpression(expression);
  switch (node.type) {
    case 'StringLiteral':
      return literalText(code, { start: startOf(node) + 1, end: endOf(node) - 1 }, node.value);
    case 'TemplateLiteral': {
      const [placeholder] = node.expressions;
      if (placeholder !== undefined) return codeProblem(startOf(placeholder), PLACEHOLDER);
      const [part] = node.quasis;
      return literalText(code, { start: startOf(node) + 1, end: endOf(node) - 1 }, part?.value.cooked ?? null);
    }
    case 'BinaryExpression':
      return node.operator === '+' && node.left.type !== 'PrivateName'
        ? joined(writtenText(code, node.left), writtenText(code, node.right))
        : codeProblem(startOf(node), WORKED_OUT);
    case 'TaggedTemplateExpression':
      return codeProblem(
        startOf(node),
        'The SQL goes through a tag, and what that makes of it shows only when it runs.',
      );
    default:
      return codeProblem(startOf(node), WORKED_OUT);
  }
}

const PLACEHOLDER = 'The SQL has a placeholder, and what stands there shows only when it runs.';
const WORKED_OUT = 'The SQL is no text that stands here: what it is shows only when it runs.';

function joined(left: WrittenText | CodeProblem, right: WrittenText | CodeProblem): WrittenText | CodeProblem {
  if (isProblem(left)) return left;
  if (isProblem(right)) return right;
  return { value: left.value + right.value, offsets: [...left.offsets, ...right.offsets], end: right.end };
}

/** `cooked` is what the parser makes of it: where the two differ, the places would be wrong. */
function literalText(
  code: string,
  { start, end }: { readonly start: number; readonly end: number },
  cooked: string | null,
): WrittenText | CodeProblem {
  const parts: string[] = [];
  const offsets: number[] = [];
  const pattern = new RegExp(WRITTEN_UNIT);
  for (let at = start; at < end; ) {
    pattern.lastIndex = at;
    const found = pattern.exec(code);
    if (found === null) break;
    const text = unitText(found);
    for (let unit = 0; unit < text.length; unit += 1) offsets.push(at + unit);
    parts.push(text);
    at += found[0].length;
  }
  const value = parts.join('');
  if (value !== cooked) return codeProblem(start - 1, 'The SQL has an escape that is not read.');
  return { value, offsets, end };
}

function unitText([all, braced, four, two, escaped]: RegExpExecArray): string {
  const hex = braced ?? four ?? two;
  if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff));
  if (escaped !== undefined) return /^[\r\n\u2028\u2029]/.test(escaped) ? '' : (SIMPLE[escaped] ?? escaped);
  // Templates know one kind of line break.
  return all.startsWith('\r') ? '\n' : all;
}
