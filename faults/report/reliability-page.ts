import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replaceSection } from '../../bench/report/replace-section.ts';
import type { Fault } from '../fault.ts';
import { FAULTS } from '../registry.ts';
import type { FinishedCell } from '../run-matrix.ts';

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const HEAD = ['case', 'place', 'fault', 'expected', 'seen', 'ok', 'longest stall'] as const;

export interface RunFacts {
  readonly major: number;
  /** How many cells the fault has in all. */
  readonly total: number;
}

/** Puts the table of one fault into docs/reliability.md and leaves everything else there alone. */
export function writeFaultSection(fault: Fault, finished: readonly FinishedCell[], run: RunFacts): void {
  const cells = finished.filter((cell) => cell.fault === fault);
  if (cells.length === 0) return;
  let text = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '# Reliability\n';
  // All faults have their place from the first on, so that they stand in the order of the registry.
  for (const other of FAULTS) {
    if (other !== fault && text.includes(`<!-- fault ${other.name}:begin -->`)) continue;
    text = replaceSection(text, `fault ${other.name}`, faultSection(other, other === fault ? cells : [], run));
  }
  writeFileSync(PAGE, text);
}

/** The heading of a fault, its sentence, and its table. */
export function faultSection(
  { name, sentence }: Fault,
  cells: readonly FinishedCell[],
  { major, total }: RunFacts,
): string {
  const head = `## ${name.charAt(0).toUpperCase()}${name.slice(1)}\n\n${sentence}`;
  if (cells.length === 0) return `${head}\n\nNot run yet.`;
  const wrong = cells.filter(({ result }) => result.failures.length > 0).length;
  const skipped = cells.filter(({ result }) => result.skipped !== null).length;
  const parts = [`${cells.length - skipped - wrong} as expected`];
  if (wrong > 0) parts.push(`${wrong} not`);
  if (skipped > 0) parts.push(`${skipped} could not be run here`);
  return `${head}\n\nPostgreSQL ${major}, ${cells.length} of ${total} cells run: ${parts.join(', ')}.\n\n${table(cells)}`;
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
