import { parseArgs } from 'node:util';
import { applyStatement } from '../../src/catalog/apply-statement.ts';
import { catalogDifferences } from '../../src/catalog/catalog-differences.ts';
import { emptyCatalog } from '../../src/catalog/empty-catalog.ts';
import { MEASURED_MAJORS } from '../../src/model/server-version.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { parseStatements } from '../../src/sql/postgres/parse-statements.ts';
import { ChainRun } from './chain-run.ts';
import { type FuzzOptions, FuzzRun, type Unexplained } from './fuzz-run.ts';
import { richSchema } from './rich-schema.ts';
import { Tracer } from './tracer.ts';

/** Statements out of a seed, each run on a real server and held against the derived facts. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      major: { type: 'string' },
      count: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      most: { type: 'string', default: '20' },
      focus: { type: 'string', default: '' },
      strict: { type: 'boolean', default: false },
      /** Statements of a chain, which stay; without it each statement is on its own. */
      chain: { type: 'string' },
    },
  });
  const options = {
    count: Number(values.count),
    seed: Number(values.seed),
    most: Number(values.most),
    focus: values.focus,
    isStrict: values.strict,
  };
  await loadParser();
  const chain = values.chain === undefined ? null : Number(values.chain);
  let found = 0;
  for (const major of values.major === undefined ? MEASURED_MAJORS : [Number(values.major)]) {
    found += await fuzzMajor(major, options, chain);
  }
  process.exitCode = found === 0 ? 0 : 1;
}

async function fuzzMajor(major: number, options: FuzzOptions, chain: number | null): Promise<number> {
  const schema = richSchema(major);
  const tracer = await Tracer.start(major, schema);
  try {
    const folded = parseStatements(schema, 'schema').reduce(applyStatement, emptyCatalog(major));
    const catalogs = { folded, live: await tracer.catalog() };
    for (const one of catalogDifferences(folded, catalogs.live, { expressions: 'meaning' })) {
      console.log(`${major}: the schema to begin with: ${one}`);
    }
    const run =
      chain === null
        ? new FuzzRun(tracer, catalogs, major, options)
        : new ChainRun(tracer, catalogs, major, options, chain);
    const started = performance.now();
    const found = await run.find((unexplained) => print(major, unexplained));
    const seconds = (performance.now() - started) / 1000;
    const chains = run instanceof ChainRun ? `${run.chains} chains of ` : '';
    console.log(
      `PostgreSQL ${major}, seed ${options.seed}: ${chains}${run.statements} statements (${run.accepted} went through, ` +
        `${run.unknown} unknown), ${found} unexplained, ${Math.round(run.statements / seconds)} a second`,
    );
    return found;
  } finally {
    await tracer.stop();
  }
}

const MOST_LINES = 6;

function print(major: number, { sql, disagreements }: Unexplained): void {
  console.log(`\n${major}: ${sql}`);
  for (const disagreement of disagreements.slice(0, MOST_LINES)) console.log(`    ${disagreement}`);
}

await main();
