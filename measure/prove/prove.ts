import { parseArgs } from 'node:util';
import { connectPostgres } from '../../src/db/postgres.ts';
import { MEASURED_MAJORS } from '../../src/model/server-version.ts';
import { startPostgresServer } from '../../src/server/postgres-server.ts';
import { loadParser } from '../../src/sql/postgres/load-parser.ts';
import { proveWorlds, type WorldsProof } from './prove-worlds.ts';
import { RECIPE_CASES, type RecipeCase } from './recipe-cases.ts';

/**
 * `npm run prove`: every case of every recipe on every major: the plan runs guarded while four sessions of the old and
 * four of the new application write, and ends where the naive migration ends, with every write. Prints a table.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      major: { type: 'string' },
      only: { type: 'string', default: '' },
      statements: { type: 'string', default: '2000' },
    },
  });
  await loadParser();
  const majors = values.major === undefined ? MEASURED_MAJORS : [Number(values.major)];
  const only = new RegExp(values.only);
  let failed = 0;
  let passed = 0;
  for (const major of majors) {
    const server = await startPostgresServer({ major, settings: { fsync: 'off', max_connections: '60' } });
    try {
      for (const [at, one] of casesOf(major, only).entries()) {
        const urls = { naiveUrl: server.url(`naive_${at}`), safeUrl: server.url(`safe_${at}`) };
        await databases(server.url('postgres'), [`naive_${at}`, `safe_${at}`], 'CREATE DATABASE');
        const started = performance.now();
        const proof = await proveWorlds({ major, one, ...urls, statements: Number(values.statements) });
        await databases(server.url('postgres'), [`naive_${at}`, `safe_${at}`], 'DROP DATABASE');
        print(major, one, proof, performance.now() - started);
        if (proof.failures.length === 0) passed += 1;
        else failed += 1;
      }
    } finally {
      await server.stop();
    }
  }
  console.log(`${passed} proved, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function casesOf(major: number, only: RegExp): readonly RecipeCase[] {
  return RECIPE_CASES.filter(
    (one) => (one.since ?? 0) <= major && major <= (one.until ?? 99) && only.test(`${one.recipe}: ${one.name}`),
  );
}

async function databases(url: string, names: readonly string[], verb: string): Promise<void> {
  const admin = await connectPostgres(url, { applicationName: 'prove' });
  try {
    for (const name of names) await admin.execute(`${verb} ${name}`);
  } finally {
    await admin.close();
  }
}

const MOST_FAILURES = 5;

function print(major: number, one: RecipeCase, { statements, failures }: WorldsProof, ms: number): void {
  const outcome = failures.length === 0 ? 'equal ' : 'FAILED';
  const recipe = (one.recipe ?? 'as it is').padEnd(26);
  console.log(
    `${major}  ${outcome}  ${recipe} ${one.name.padEnd(58)} ${String(statements).padStart(6)} statements  ${(ms / 1000).toFixed(1).padStart(5)} s`,
  );
  for (const failure of failures.slice(0, MOST_FAILURES)) console.log(`      ${failure}`);
}

await main();
