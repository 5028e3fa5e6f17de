import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { connectPostgres } from '../src/db/postgres.ts';
import { UsageError } from '../src/model/error.ts';
import { startPostgresServer } from '../src/server/postgres-server.ts';
import { backfillSection, isKept, type MeasuredTable } from './backfill/backfill-section.ts';
import { BENCH_TABLES } from './backfill/bench-table.ts';
import { CONTENDERS } from './backfill/contenders.ts';
import { type Measured, measureContender } from './backfill/measure-contender.ts';
import { interruptible } from './interruptible.ts';
import { replaceSection } from './report/replace-section.ts';
import { seconds } from './report/words.ts';

/**
 * `npm run bench:backfill`: a column of `--rows` rows (5,000,000) filled by Evenkeel and by what people write instead, on
 * narrow and wide tables, sequential and random keys, analyzed and never analyzed (`--only <word>` for some of them). Prints its section of
 * `docs/benchmarks.md`, and writes it with `--write`.
 */
const PAGE = 'docs/benchmarks.md';

await interruptible(bench);

async function bench(signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '5000000' },
      only: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
    },
  });
  const rows = rowsOf(values.rows);
  const tables = BENCH_TABLES.filter(({ name }) => name.includes(values.only));
  const settings = { shared_buffers: '512MB', max_wal_size: '4GB', autovacuum: 'off', wal_level: 'replica' };
  const server = await startPostgresServer({ major: 18, settings });
  try {
    const connection = await connectPostgres(server.url(), { applicationName: 'bench' });
    const measured: MeasuredTable[] = [];
    for (const table of tables) {
      process.stderr.write(`${table.name}\n`);
      const results: Measured[] = [];
      for (const contender of CONTENDERS) {
        if (signal.aborted) return 130;
        const result = await measureContender(connection, server.url(), contender, { table, rows, signal });
        process.stderr.write(`  ${contender.name}: ${seconds(result.elapsedMs)}\n`);
        results.push(result);
      }
      measured.push({ table, measured: results });
    }
    await connection.close();
    const section = backfillSection(measured, rows, server.version);
    process.stdout.write(`${section}\n`);
    if (values.write) await writeFile(PAGE, replaceSection(await readFile(PAGE, 'utf8'), 'backfill', section));
    return measured.every(isKept) ? 0 : 1;
  } finally {
    await server.stop();
  }
}

function rowsOf(word: string): number {
  if (/^\d{3,9}$/.test(word)) return Number(word);
  throw new UsageError(`--rows takes a number of rows from 100 on, not ${word}.`, {
    nextCommand: 'npm run bench:backfill -- --rows 100000',
  });
}
