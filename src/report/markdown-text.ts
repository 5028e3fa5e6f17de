import { printableText } from './printable-text.ts';

/** GitHub takes comments of 65,536 characters, GitLab of a million; the summary has to fit as well. */
const LENGTH_MAX = 60_000;
/** Of a statement, code units. */
const SQL_MAX = 1500;

/** The blocks that fit into one comment, the first ones first, and how many there are more. */
export function asManyAsFit(blocks: readonly string[], whereToSee: string): readonly string[] {
  const fitting: string[] = [];
  let length = 0;
  for (const block of blocks) {
    length += block.length + 2;
    if (length > LENGTH_MAX) break;
    fitting.push(block);
  }
  const left = blocks.length - fitting.length;
  return left === 0 ? fitting : [...fitting, `_And ${left} more; ${whereToSee}._`];
}

/** SQL in a fence longer than any run of backticks inside, cut short where it is long. */
export function sqlFence(sql: string): string {
  const shown = printableText(sql.length > SQL_MAX ? `${sql.slice(0, SQL_MAX)}\n...` : sql);
  const longest = Math.max(2, ...Array.from(shown.matchAll(/`+/g), (match) => match[0].length));
  const sign = '`'.repeat(longest + 1);
  return `${sign}sql\n${shown}\n${sign}`;
}

/** A command as code in a line. */
export function inlineCode(text: string): string {
  return `\`${printableText(text).replaceAll(/[`\r\n]/g, '')}\``;
}

function escapeHtml(text: string): string {
  return printableText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s+/g, ' ');
}

/** Text inside HTML in which nobody is mentioned and no issue is linked; code is left as it is by itself. */
export function html(text: string): string {
  return escapeHtml(text)
    .replaceAll(/@(?=\w)/g, '@\u200b')
    .replaceAll(/#(?=\d)/g, '#\u200b');
}

/** As `html`, and nothing in it is Markdown either. */
export function plain(text: string): string {
  return html(text).replaceAll(/[\\`*_{}[\]|~]/g, '\\$&');
}

/** A name or a place in a file as code; inside a cell of a table as well. */
export function codeHtml(text: string): string {
  return `<code>${escapeHtml(text).replaceAll('|', '&#124;')}</code>`;
}

/** @example place('a.sql', 3, 1) // '<code>a.sql:3:1</code>' */
export function place(path: string, ...numbers: readonly number[]): string {
  return codeHtml([path, ...numbers].join(':'));
}
