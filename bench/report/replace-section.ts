import { UsageError } from '../../src/model/error.ts';

/**
 * Puts `body` between `<!-- name:begin -->` and `<!-- name:end -->` of a Markdown text and leaves the rest as it is; a
 * text without the markers gets them at its end.
 *
 * @throws UsageError when only one of the markers is there.
 */
export function replaceSection(text: string, name: string, body: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const section = `${begin}\n${body.trim()}\n${end}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 && to === -1) return `${text.trimEnd()}${text.trim() === '' ? '' : '\n\n'}${section}\n`;
  if (from === -1 || to < from) {
    throw new UsageError(
      `The text has only one of the markers "${begin}" and "${end}", or has them in the wrong order.`,
    );
  }
  return text.slice(0, from) + section + text.slice(to + end.length);
}
