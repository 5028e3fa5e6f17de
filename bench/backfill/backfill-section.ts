import os from 'node:os';
import { count, seconds } from '../report/words.ts';
import type { BenchTable } from './bench-table.ts';
import { KEYSET_LOOP } from './contenders.ts';
import type { Measured } from './measure-contender.ts';

export interface MeasuredTable {
  readonly table: BenchTable;
  readonly measured: readonly Measured[];
}

/** Evenkeel is to reach this part of the throughput of a plain keyset loop, in the same run. */
const LEAST_RATIO = 0.8;

/** Whether one worker kept up with the plain loop. */
export function isKept({ measured }: MeasuredTable): boolean {
  const [first] = measured;
  return first !== undefined && ratioOf(first, measured) >= LEAST_RATIO;
}

/** Throughput against that of the plain loop: above 1 is faster. */
function ratioOf(one: Measured, all: readonly Measured[]): number {
  const loop = all.find(({ contender }) => contender === KEYSET_LOOP);
  return loop === undefined ? 0 : loop.elapsedMs / one.elapsedMs;
}

/** The section of the page of benchmarks. */
export function backfillSection(tables: readonly MeasuredTable[], rows: number, version: string): string {
  const blocks = tables.map((one) => tableOf(one, rows));
  const broken = tables.filter((one) => !isKept(one));
  const verdict =
    broken.length === 0
      ? `**kept** for all ${tables.length} tables`
      : `**broken** for ${broken.map(({ table }) => table.name).join('; ')}`;
  return `## A backfill without pauses, beside other ways

\`UPDATE orders SET cents = total * 100 WHERE cents IS NULL\` on ${count(rows)} rows of a table that nobody else uses, each way
on a fresh copy. The loops take 10,000 rows at a time; the article's DO block sleeps 0.1 s after each batch, as it is
written, and commits nothing before its end. Evenkeel runs with \`--duty-cycle 1\`, without the signals for dead rows, WAL
and checkpoints; its batches take 100 ms, and each commits with its cursor.

One worker of Evenkeel reaches at least ${LEAST_RATIO} times the throughput of the keyset loop: ${verdict}.

${blocks.join('\n\n')}

PostgreSQL ${version} with \`fsync = off\`, \`autovacuum = off\`, \`shared_buffers = 512MB\` and \`max_wal_size = 4GB\` on
${os.availableParallelism()} cores together with Node.js ${process.versions.node}; one round. Measure it again: \`npm run bench:backfill -- --write\`.`;
}

function tableOf({ table, measured }: MeasuredTable, rows: number): string {
  const lines = measured.map((one) => {
    const cells = [
      one.contender,
      seconds(one.elapsedMs),
      count((rows / one.elapsedMs) * 1_000),
      ratioOf(one, measured).toFixed(2),
      `${count(one.walBytes / 1024 ** 2)} MB`,
      count(one.deadRows),
      `${Math.round(one.hotShare * 100)} %`,
      `${one.growth.toFixed(2)} times`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `### ${table.name[0]?.toUpperCase()}${table.name.slice(1)}

| way | time | rows a second | against the keyset loop | WAL | dead rows | HOT | size afterwards |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}`;
}
