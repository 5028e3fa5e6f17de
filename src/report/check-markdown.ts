import type { Finding, Severity } from '../model/finding.ts';
import type { InputProblem } from '../model/input-problem.ts';
import type { CheckReport } from '../model/report.ts';
import { summaryNotes, summarySentence, verdictText } from './check-summary.ts';
import { findingsInOrder } from './findings-in-order.ts';
import { lockText, workTexts } from './lock-text.ts';
import { printableText } from './printable-text.ts';
import { problemConsequences } from './problem-consequences.ts';
import { countText } from './quantity-text.ts';

/** The first line of the comment; a bot that finds it updates the comment instead of writing another. */
export const MARKDOWN_MARKER = '<!-- evenkeel:check -->';

/** GitHub takes comments of 65,536 characters, GitLab of a million; the summary has to fit as well. */
const LENGTH_MAX = 60_000;
/** Of a statement, code units. */
const SQL_MAX = 1500;
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
  return `${[...head, ...asManyAsFit(blocks), ...end].join('\n\n')}\n`;
}

function asManyAsFit(blocks: readonly string[]): readonly string[] {
  const fitting: string[] = [];
  let length = 0;
  for (const block of blocks) {
    length += block.length + 2;
    if (length > LENGTH_MAX) break;
    fitting.push(block);
  }
  const left = blocks.length - fitting.length;
  return left === 0 ? fitting : [...fitting, `_And ${left} more; \`evenkeel check\` shows them all._`];
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
    `\`${printableText(finding.nextCommand).replaceAll(/[`\r\n]/g, '')}\` · rule ${plain(finding.rule)}`,
  ];
  return [
    `<details><summary>${SIGNS[finding.severity]} ${where} ${html(finding.title)}</summary>`,
    ...(finding.sql === '' ? [] : [fence(finding.sql)]),
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

/** A fence longer than any run of backticks inside. */
function fence(sql: string): string {
  const shown = printableText(sql.length > SQL_MAX ? `${sql.slice(0, SQL_MAX)}\n...` : sql);
  const longest = Math.max(2, ...Array.from(shown.matchAll(/`+/g), (match) => match[0].length));
  const sign = '`'.repeat(longest + 1);
  return `${sign}sql\n${shown}\n${sign}`;
}

function escapeHtml(text: string): string {
  return printableText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\s+/g, ' ');
}

/** Text inside HTML in which nobody is mentioned and no issue is linked; code is left as it is by itself. */
function html(text: string): string {
  return escapeHtml(text)
    .replaceAll(/@(?=\w)/g, '@\u200b')
    .replaceAll(/#(?=\d)/g, '#\u200b');
}

/** As `html`, and nothing in it is Markdown either. */
function plain(text: string): string {
  return html(text).replaceAll(/[\\`*_{}[\]|~]/g, '\\$&');
}

function place(path: string, ...numbers: readonly number[]): string {
  return `<code>${escapeHtml([path, ...numbers].join(':'))}</code>`;
}
