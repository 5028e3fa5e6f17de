/** What may stand before a regular expression, and not before a division. */
const BEFORE_PATTERN = /(?:^|[([{,;:=!&|?+\-*%~^<>}]|\b(?:return|typeof|case|in|of|void|delete))\s*$/;

/**
 * JavaScript or TypeScript with spaces in place of its comments and of what stands in strings, templates and regular
 * expressions, unit for unit; quotes and lines stay. Code inside `${}` of a template is blanked as well.
 *
 * @example bareCode("a: 'x' // y") // "a: ' '     "
 */
export function bareCode(text: string): string {
  let bare = '';
  for (let at = 0; at < text.length; ) {
    const end = endOfOpaque(text, at, bare);
    if (end === null) {
      bare += text[at] ?? '';
      at += 1;
    } else {
      bare += text.slice(at, end).replaceAll(/[^\r\n'"`]/g, ' ');
      at = end;
    }
  }
  return bare;
}

/** Where the comment, string, template or pattern ends that begins here; null when none does. */
function endOfOpaque(text: string, at: number, before: string): number | null {
  const two = text.slice(at, at + 2);
  if (two === '//') return indexOrEnd(text, /[\r\n]/g, at);
  if (two === '/*') return endAfter(text, '*/', at + 2);
  const sign = text[at];
  if (sign === "'" || sign === '"') return endOfQuoted(text, at + 1, sign);
  if (sign === '`') return endOfTemplate(text, at + 1);
  if (sign === '/' && BEFORE_PATTERN.test(before.slice(-20))) return endOfPattern(text, at + 1);
  return null;
}

function indexOrEnd(text: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

function endAfter(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

/** A string ends with its line where nobody closes it. */
function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\') at += 1;
    else if (sign === quote) return at + 1;
    else if (sign === '\n') return at;
  }
  return text.length;
}

function endOfTemplate(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\') at += 1;
    else if (sign === '`') return at + 1;
    else if (sign === '$' && text[at + 1] === '{') at = endOfPlaceholder(text, at + 2) - 1;
  }
  return text.length;
}

function endOfPlaceholder(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; ) {
    const end = endOfOpaque(text, at, text.slice(Math.max(from, at - 20), at));
    if (end !== null) {
      at = end;
      continue;
    }
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return text.length;
}

/** A slash inside brackets does not end it; one that no line closes was a division. */
function endOfPattern(text: string, from: number): number | null {
  let isInBrackets = false;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\n') return null;
    if (sign === '\\') at += 1;
    else if (sign === '[') isInBrackets = true;
    else if (sign === ']') isInBrackets = false;
    else if (sign === '/' && !isInBrackets) return at + 1;
  }
  return null;
}
