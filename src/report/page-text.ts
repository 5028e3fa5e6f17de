import type { Paint } from './paint.ts';

/** A page of the manual with its two examples. */
export interface ManualPage {
  /** Markdown. */
  readonly text: string;
  readonly bad: string;
  readonly good: string;
}

/** What stands over the two examples. */
export interface ExampleTitles {
  readonly bad: string;
  readonly good: string;
}

/** The page of a rule or recipe for a terminal: its Markdown with headings and emphasis painted, then the examples. */
export function pageText({ text, bad, good }: ManualPage, titles: ExampleTitles, paint: Paint): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => lineText(line, paint));
  return [
    lines.join('\n'),
    `${paint.bold(titles.bad)}\n${example(bad, paint.red)}`,
    `${paint.bold(titles.good)}\n${example(good, paint.green)}`,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function lineText(line: string, paint: Paint): string {
  const [, heading] = /^#+ (.+)$/.exec(line) ?? [];
  if (heading !== undefined) return paint.bold(heading);
  return line.replaceAll(/\*\*(.+?)\*\*/g, (_, strong: string) => paint.bold(strong));
}

function example(sql: string, style: (text: string) => string): string {
  return sql
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${style(line)}`))
    .join('\n');
}
