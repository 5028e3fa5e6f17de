import type { Finding, Severity } from '../model/finding.ts';
import type { InputProblem } from '../model/input-problem.ts';
import type { CheckReport } from '../model/report.ts';
import { summaryNotes, summarySentence, verdictText } from './check-summary.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { lockText, workTexts } from './lock-text.ts';
import { asManyAsFit, html, inlineCode, place, plain, sqlFence } from './markdown-text.ts';
import { problemConsequences } from './problem-consequences.ts';
import { countText } from './quantity-text.ts';

/** The first line of the comment; a bot that finds it updates the comment instead of writing another. */
export const MARKDOWN_MARKER = '<!-- evenkeel:check -->';

const SIGNS: Readonly<Record<Severity, string>> = { error: '🔴', warning: '🟠', info: '🔵' };

/** The report as one comment on a pull request: the verdict, then each finding folded up, the gravest first. */
export function checkMarkdown(report: CheckReport): string {
  const findings = findingsInOrder(report);
  const of = (severity: Severity): readonly Finding[] => findings.filter((finding) => finding.severity === severity);
  const blocks = [
    ...report.problems.map(problemBlock),
    ...[...of('error'), ...of('warning')].map(findingBlock),
    ...notesBlock(of('info')),
  ];
  const head = [MARKDOWN_MARKER, `### Evenkeel: ${plain(verdictText(report))}`];
  const end = [[summarySentence(report), ...summaryNotes(report)].map(plain).join('  \n')];
  return `${[...head, ...asManyAsFit(blocks, '`evenkeel check` shows them all'), ...end].join('\n\n')}\n`;
}

function findingBlock(finding: Finding): string {
  const { facts, focus, remedy, recipe } = finding;
  const where = place(finding.path, focus.line);
  const fact = [
    ...facts.locks.map(lockText),
    ...workTexts(facts),
    ...facts.losses.map((loss) => `loses ${loss}`),
    ...(facts.transaction === 'outside-only' ? ['runs only outside a transaction'] : []),
  ];
  const rows = [
    `**What happens.** ${plain(finding.consequence)}`,
    ...(fact.length === 0 ? [] : [fact.map((one) => `- ${plain(one)}`).join('\n')]),
    `**The safe way.** ${plain(remedy)}${recipe === null ? '' : ` (recipe ${plain(recipe)})`}`,
    `${inlineCode(finding.nextCommand)} · rule ${plain(finding.rule)}`,
  ];
  return [
    `<details><summary>${SIGNS[finding.severity]} ${where} ${html(finding.title)}</summary>`,
    ...(finding.sql === '' ? [] : [sqlFence(finding.sql)]),
    ...rows,
    '</details>',
  ].join('\n\n');
}

function problemBlock(problem: InputProblem): string {
  const where = place(problem.path, problem.line, problem.column);
  return [`❌ ${where} ${html(problem.message)}`, `${problemConsequences(problem).map(plain).join(' ')}`].join('  \n');
}

function notesBlock(notes: readonly Finding[]): readonly string[] {
  if (notes.length === 0) return [];
  const lines = notes.map(
    ({ path, focus, title, rule }) => `- ${place(path, focus.line)} ${plain(title)} (${plain(rule)})`,
  );
  const summary = `<details><summary>${SIGNS.info} ${countText(notes.length, 'note')}</summary>`;
  return [[summary, lines.join('\n'), '</details>'].join('\n\n')];
}
