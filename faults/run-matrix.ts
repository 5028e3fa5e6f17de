import { MIGRATION_CASES } from './cases/migration-cases.ts';
import type { Cell, Fault } from './fault.ts';
import { FAULTS } from './registry.ts';
import { type CellResult, runCell } from './run-cell.ts';
import { scoutCase } from './scout-cases.ts';
import { FaultServer } from './servers/fault-server.ts';

export interface FinishedCell {
  readonly fault: Fault;
  readonly cell: Cell;
  readonly result: CellResult;
  readonly elapsedMs: number;
}

export interface MatrixOptions {
  readonly major: number;
  readonly isWanted: (fault: Fault, cell: Cell) => boolean;
  readonly onCell: (finished: FinishedCell) => void;
  /** Called when all wanted cells of a fault are through; `total` counts those that were not wanted as well. */
  readonly onFault?: (fault: Fault, total: number) => void;
  readonly signal: AbortSignal;
}

/** Runs the wanted cells one after the other on servers of its own. */
export async function runMatrix(options: MatrixOptions): Promise<void> {
  const { major, isWanted, onCell, onFault, signal } = options;
  const server = await FaultServer.start(major);
  try {
    const scouts = [];
    for (const migrationCase of MIGRATION_CASES) scouts.push(await scoutCase(server, migrationCase));
    const cases = scouts.map(({ scouted }) => scouted);
    for (const fault of FAULTS) {
      const cells = fault.cells(cases, major);
      for (const cell of cells) {
        if (signal.aborted) return;
        const scout = scouts.find(({ scouted }) => scouted === cell.scouted);
        if (scout === undefined || !isWanted(fault, cell)) continue;
        const startedAt = performance.now();
        const result = await runCell(cell, server, scout.truth);
        onCell({ fault, cell, result, elapsedMs: performance.now() - startedAt });
      }
      onFault?.(fault, cells.length);
    }
  } finally {
    await server.stop();
  }
}
