import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { PLAIN_PAINT } from '../src/report/paint.ts';
import { watchFrame } from '../src/report/watch-frame.ts';
import type { LockSample } from '../src/watch/lock-sample.ts';
import { QueryShapes } from '../src/watch/query-shapes.ts';
import { waitForest } from '../src/watch/wait-forest.ts';
import { replaceSection } from './report/replace-section.ts';
import { simulatedState } from './watch/simulated-state.ts';
import { chainOfRows, hotRow, queueBehindRun, strangers, type Waiters } from './watch/simulated-waiters.ts';

/**
 * `npm run bench:watch`: what one frame of `evenkeel watch` costs with 10,000 simulated waiters, from the rows of the
 * lock tables to the text: queries stripped of their literals, the graph, the trees, the picture. `--write` puts the
 * table into docs/benchmarks.md.
 */
const WAITERS = 10_000;
const FRAMES = 100;
const WARM_UP_FRAMES = 20;
const LIMIT_MS = 50;
const SCREEN = { columns: 160, rows: 50, paint: PLAIN_PAINT };

interface Measured {
  readonly what: string;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  /** What a frame takes of the processor, on average: other work on the machine does not count. */
  readonly processorMs: number;
}

function measure(what: string, waiters: Waiters): Measured {
  const shapes = new QueryShapes();
  const times: number[] = [];
  let usedBefore = process.cpuUsage();
  for (let frame = -WARM_UP_FRAMES; frame < FRAMES; frame += 1) {
    if (frame === 0) usedBefore = process.cpuUsage();
    const startedAt = performance.now();
    const sessions = waiters.sessions.map((session) => ({ ...session, query: shapes.shapeOf(session.query) }));
    const sample: LockSample = { sessions, locks: waiters.locks };
    const text = watchFrame(simulatedState(waitForest(sample)), SCREEN);
    if (text === '') throw new TypeError('a frame is never empty');
    if (frame >= 0) times.push(performance.now() - startedAt);
  }
  const used = process.cpuUsage(usedBefore);
  const processorMs = (used.user + used.system) / 1000 / FRAMES;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return { what, medianMs: at(0.5), p95Ms: at(0.95), longestMs: at(1), processorMs };
}

const rows = [
  measure('a queue behind an ALTER TABLE that waits for a report', queueBehindRun(WAITERS)),
  measure('the same, no two queries with the same literals', queueBehindRun(WAITERS, true)),
  measure('one row that everybody wants to change', hotRow(WAITERS)),
  measure('no two sessions alike', strangers(WAITERS)),
  measure('a chain: everybody waits for the one before', chainOfRows(WAITERS)),
];

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const table = rows
  .map((row) => {
    const target = row.p95Ms < LIMIT_MS ? 'kept' : '**broken**';
    return `| ${row.what} | ${ms(row.medianMs)} | ${ms(row.p95Ms)} | ${ms(row.longestMs)} | ${ms(row.processorMs)} | ${target} |`;
  })
  .join('\n');
const section = `## A frame of \`watch\`, with 10,000 waiters

From the rows of the lock tables to the text on the terminal: queries without their literals, the graph of who waits for
whom, the trees, the picture. The rows are made up, so the server's part and the network are not in it.

| who waits | median | p95 | longest | of the processor | target: p95 under ${LIMIT_MS} ms |
| --- | ---: | ---: | ---: | ---: | --- |
${table}

${FRAMES} frames each, measured by the clock; what a frame takes of the processor (both cores together) is an average. Node.js ${process.versions.node} on ${cpus().length} cores with a load of ${(loadavg()[0] ?? 0).toFixed(1)}. Measure it again: \`npm run bench:watch -- --write\`.`;
console.log(section);
if (process.argv.includes('--write')) {
  const page = 'docs/benchmarks.md';
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), 'watch', section));
}
