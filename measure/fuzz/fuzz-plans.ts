import { parseArgs } from 'node:util';
import { MEASURED_MAJORS } from '../../src/model/server-version.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { PlanRun, type Unproved } from './plan-run.ts';
import { richSchema } from './rich-schema.ts';

/** Naive migrations out of a seed, each proved: the guarded run of its plan ends where the migration itself ends. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      major: { type: 'string' },
      count: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      most: { type: 'string', default: '20' },
      chain: { type: 'string', default: '1' },
    },
  });
  const [count, seed, most, length] = [values.count, values.seed, values.most, values.chain].map(Number);
  const options = { count: count ?? 0, seed: seed ?? 1, most: most ?? 1, length: length ?? 1 };
  await loadParser();
  let found = 0;
  for (const major of values.major === undefined ? MEASURED_MAJORS : [Number(values.major)]) {
    const server = await startPostgresServer({ major, settings: { fsync: 'off', autovacuum: 'off' } });
    try {
      const run = await PlanRun.on(server, richSchema(major), { major, ...options });
      const started = performance.now();
      found += await run.find((unproved) => print(major, unproved));
      const seconds = (performance.now() - started) / 1_000;
      const { counts } = run;
      console.log(
        `PostgreSQL ${major}, seed ${options.seed}: ${run.done} migrations (${counts.proved} proved, ${counts['as-it-is']} ` +
          `left as they are, ${counts.refused} refused), ${counts.failed} failed, ${(run.done / seconds).toFixed(1)} a second`,
      );
      for (const [reason, sql] of run.refusals) console.log(`    refused: ${reason}\n        ${sql}`);
      await run.stop();
    } finally {
      await server.stop();
    }
  }
  process.exitCode = found === 0 ? 0 : 1;
}

const MOST_LINES = 8;

function print(major: number, { sql, steps, failures }: Unproved): void {
  console.log(`\n${major}: ${sql}`);
  for (const step of steps) console.log(`    ${step}`);
  for (const failure of failures.slice(0, MOST_LINES)) console.log(`  ! ${failure}`);
}

await main();
