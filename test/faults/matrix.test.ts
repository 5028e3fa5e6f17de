import { expect, test } from 'vitest';
import { runMatrix } from '../../faults/run-matrix.ts';

/** The cells that every build runs; `npm run faults -- --subset` takes more of them, `npm run faults` all. */
test('the faults of every build come out as expected', { timeout: 360_000 }, async () => {
  const wrong: string[] = [];
  let count = 0;
  await runMatrix({
    major: 18,
    isWanted: (_fault, cell) => cell.level === 'ci',
    onCell: ({ fault, cell, result }) => {
      count += 1;
      for (const failure of result.failures) {
        wrong.push(`${fault.name}, ${cell.scouted.migrationCase.name}, ${cell.place}: ${failure}`);
      }
    },
    signal: new AbortController().signal,
  });
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(6);
});
