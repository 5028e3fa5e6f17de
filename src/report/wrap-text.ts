import { wrapText } from '../model/wrap-text.ts';

/** Lines of reports are at most this long, code units; a word that is longer than a line keeps its length. */
export const LINE_WIDTH = 110;

/**
 * A name and its text as one paragraph: the name in a column of its own, the text wrapped beside it.
 *
 * @example labelled('why', 'because', '  ', 6) // '  why   because'
 */
export function labelled(label: string, text: string, indent: string, labelWidth: number): string {
  const hanging = indent + ' '.repeat(labelWidth);
  return `${indent}${label.padEnd(labelWidth)}${wrapText(text, LINE_WIDTH, hanging).join('\n')}`;
}

/** SQL on one line, cut short where it is long: enough to know which statement is meant. */
export function shortSql(sql: string, width: number): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length <= width ? line : `${line.slice(0, width - 3)}...`;
}
