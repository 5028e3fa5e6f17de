import type { FinishedCell } from '../run-matrix.ts';

const MOST_FAILURES = 6;

/** A cell in one line, with what was wrong below it. */
export function cellLine({ fault, cell, result, elapsedMs }: FinishedCell): string {
  const { migrationCase } = cell.scouted;
  const verdict = result.skipped !== null ? 'not run' : result.failures.length === 0 ? 'ok' : 'WRONG';
  const what = [fault.name, cell.form].filter(Boolean).join(': ');
  const stall = result.load === null ? '' : `, longest stall ${Math.round(result.load.longestStallMs)} ms`;
  const told = result.skipped ?? `${result.seen}${stall}`;
  const head = `${verdict.padEnd(7)} ${migrationCase.name.padEnd(12)} ${what} | ${cell.place} | ${told} | ${(elapsedMs / 1000).toFixed(1)} s\n`;
  return (
    head +
    result.failures
      .slice(0, MOST_FAILURES)
      .map((failure) => `          ${failure}\n`)
      .join('')
  );
}

export function matrixSummary(finished: readonly FinishedCell[], elapsedMs: number): string {
  const skipped = finished.filter(({ result }) => result.skipped !== null).length;
  const wrong = finished.filter(({ result }) => result.failures.length > 0).length;
  const fine = finished.length - skipped - wrong;
  return `${fine} as expected, ${wrong} otherwise, ${skipped} not run, in ${Math.round(elapsedMs / 1000)} s\n`;
}
