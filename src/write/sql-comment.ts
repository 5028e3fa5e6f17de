import { wrapText } from '../model/wrap-text.ts';

/** Comments of SQL are at most this long, code units. */
const COMMENT_WIDTH = 110;

/** Text as a comment of SQL, over as many lines as it needs. */
export function comment(text: string): string {
  return wrapText(`-- ${text}`, COMMENT_WIDTH, '-- ').join('\n');
}

/** A line break inside a comment would end it. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
