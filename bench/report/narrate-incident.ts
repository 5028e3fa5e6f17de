import type { IncidentEvent } from '../incident/run-incident.ts';
import type { Console } from './console.ts';
import { count, latency, seconds } from './words.ts';

/** From this many queries in the lock queue on, the pool of 100 is as good as gone. */
const PILE_UP = 50;

/** Tells a run while it happens: a line for everything that changes, a status for every second. */
export function narrateIncident(console: Console, strategyName: string): (event: IncidentEvent) => void {
  const { paint } = console;
  let piledUp = false;
  const line = (atMs: number, text: string): void => {
    console.line(`  ${paint.dim(seconds(atMs).padStart(7))}  ${text}`);
  };
  return (event) => {
    switch (event.kind) {
      case 'report-started':
        return line(event.atMs, 'the report starts: one long SELECT on orders');
      case 'report-ended':
        return line(event.atMs, 'the report is done');
      case 'migration-started':
        return line(event.atMs, `the migrations start, by ${strategyName}`);
      case 'column-there':
        return line(event.atMs, paint.bold('the new column is there'));
      case 'strategy':
        return line(event.atMs, event.line);
      case 'migration-ended':
        if (event.outcome.finished) return line(event.atMs, 'all migrations are applied');
        return line(event.atMs, paint.red(`not applied: ${event.outcome.note}`));
      case 'second': {
        const { second, failedSoFar, queue, waiting } = event;
        if (waiting >= PILE_UP && !piledUp) {
          const words = `${waiting} queries wait behind the migration, which waits for the report; the pool is used up`;
          line(event.atMs, paint.yellow(words));
        }
        piledUp = waiting >= PILE_UP;
        const p99 = second.p99Ms === 0 ? 'no answers' : `p99 ${latency(second.p99Ms)}`;
        const lined = queue > 0 ? `, ${count(queue)} requests in line` : '';
        return console.status(
          `  ${seconds(event.atMs).padStart(7)}  load: ${p99}, failed so far ${count(failedSoFar)}${lined}`,
        );
      }
    }
  };
}
