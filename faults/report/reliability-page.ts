import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replaceSection } from '../../bench/report/replace-section.ts';
import type { FinishedCell } from '../run-matrix.ts';

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const HEAD = ['case', 'place', 'fault', 'expected', 'seen', 'ok', 'longest stall'] as const;

/** Puts the table into docs/reliability.md and leaves the words around it alone. */
export function writeReliabilityPage(finished: readonly FinishedCell[], major: number): void {
  const text = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '# Reliability\n';
  writeFileSync(PAGE, replaceSection(text, 'faults', reliabilityTables(finished, major)));
}

/** A table for each fault, with its sentence. */
export function reliabilityTables(finished: readonly FinishedCell[], major: number): string {
  const faults = [...new Set(finished.map(({ fault }) => fault))];
  const wrong = finished.filter(({ result }) => result.failures.length > 0).length;
  const skipped = finished.filter(({ result }) => result.skipped !== null).length;
  const summary = `PostgreSQL ${major}: ${finished.length - skipped} cells, ${finished.length - skipped - wrong} as expected, ${wrong} not${skipped === 0 ? '' : `; ${skipped} could not be run here`}.`;
  const sections = faults.map(({ name, sentence }) => {
    const cells = finished.filter(({ fault }) => fault.name === name);
    return `### ${name}\n\n${sentence}\n\n${table(cells)}`;
  });
  return [summary, ...sections].join('\n\n');
}

function table(cells: readonly FinishedCell[]): string {
  const rows = cells.map(({ fault, cell, result }) => [
    cell.scouted.migrationCase.name,
    cell.place.replaceAll('#1', ''),
    cell.form === '' ? fault.name : cell.form,
    cell.expected.words,
    result.skipped === null ? result.seen : `not run: ${result.skipped}`,
    verdict(result),
    stallWords(result.load?.longestStallMs ?? null),
  ]);
  return [HEAD, HEAD.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cellText).join(' | ')} |`).join('\n');
}

function verdict({ skipped, failures }: FinishedCell['result']): string {
  if (skipped !== null) return '-';
  return failures.length === 0 ? 'yes' : `**no**: ${failures[0]}`;
}

/** Rounded up so that a page written anew differs little: nobody is judged by it. */
function stallWords(ms: number | null): string {
  if (ms === null) return '-';
  const bound = [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000].find((most) => ms <= most);
  if (bound === undefined) return 'over 60 s';
  return bound < 1000 ? `under ${bound} ms` : `under ${bound / 1000} s`;
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
