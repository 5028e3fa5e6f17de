import { parseArgs } from 'node:util';
import { interruptible } from '../bench/interruptible.ts';
import { UsageError } from '../src/model/error.ts';
import { MEASURED_MAJORS } from '../src/model/server-version.ts';
import { FAULTS } from './registry.ts';
import { cellLine, matrixSummary } from './report/matrix-text.ts';
import { writeFaultSection } from './report/reliability-page.ts';
import { type FinishedCell, runMatrix } from './run-matrix.ts';

/** `npm run faults`: makes every fault at its places while migrations run under load, and tells what came out. */
async function main(signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      case: { type: 'string' },
      major: { type: 'string', default: '18' },
      subset: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const major = Number(values.major);
  if (!MEASURED_MAJORS.includes(major)) {
    throw new UsageError(`There is no server of major ${values.major}.`, {
      nextCommand: 'npm run faults -- --major 18',
    });
  }
  const only = values.only?.split(',').map((name) => name.trim()) ?? FAULTS.map(({ name }) => name);
  const unknown = only.find((name) => !FAULTS.some((fault) => fault.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no fault "${unknown}"; there are ${FAULTS.map(({ name }) => name).join(', ')}.`, {
      nextCommand: 'npm run faults -- --only "kill,server restart"',
    });
  }
  const startedAt = performance.now();
  const finished: FinishedCell[] = [];
  await runMatrix({
    major,
    isWanted: (fault, cell) =>
      only.includes(fault.name) &&
      (values.case === undefined || values.case === cell.scouted.migrationCase.name) &&
      (!values.subset || cell.level !== 'all'),
    onCell: (cell) => {
      finished.push(cell);
      process.stdout.write(cellLine(cell));
    },
    onFault: (fault, total) => {
      if (values.write) writeFaultSection(fault, finished, { major, total });
    },
    signal,
  });
  process.stdout.write(matrixSummary(finished, performance.now() - startedAt));
  return finished.every(({ result }) => result.failures.length === 0) ? 0 : 1;
}

await interruptible(main);
