import { readdir } from 'node:fs/promises';
import type { Plan } from '../src/model/plan.ts';
import { askEvenkeel } from './incident/ask-evenkeel.ts';
import { calibrate } from './incident/calibrate.ts';
import { evenkeelStrategy } from './incident/evenkeel-strategy.ts';
import { EXAMPLE, IncidentServer, ORDERS } from './incident/incident-server.ts';
import { startLongReport } from './incident/long-report.ts';
import { requireBuild } from './incident/require-build.ts';
import { type IncidentTimes, runIncident } from './incident/run-incident.ts';
import { naiveStrategy } from './incident/strategies.ts';
import type { Strategy } from './incident/strategy.ts';
import { interruptible } from './interruptible.ts';
import { LoadGenerator } from './load/load-generator.ts';
import { type CheckAnswer, checkSummary } from './report/check-summary.ts';
import { Console } from './report/console.ts';
import { narrateIncident } from './report/narrate-incident.ts';
import { planSummary } from './report/plan-summary.ts';
import { secondBySecond } from './report/second-by-second.ts';
import { type NamedResult, sideBySide } from './report/side-by-side.ts';
import { count, latency, percent, seconds } from './report/words.ts';

const RATE_PER_SECOND = 3000;
const CONNECTIONS = 100;
const MIGRATIONS = `${EXAMPLE}/migrations`;

const TIMES: IncidentTimes = {
  reportStartsMs: 1000,
  reportLastsMs: 12_000,
  migrationStartsMs: 3000,
  lastsMs: 20_000,
  extendToMs: 45_000,
};

const out = new Console(process.stdout, process.env);
const { bold, dim, green, red, yellow } = out.paint;

await interruptible(demo);

async function demo(signal: AbortSignal): Promise<number> {
  requireBuild();
  const beganAtMs = performance.now();
  await introduce();
  const server = await out.during('starting PostgreSQL', IncidentServer.start());
  const load = LoadGenerator.open();
  try {
    const runs = await compare(server, load, signal);
    tellComparison(runs);
    await tellCheck(signal);
    await tellPlan(signal);
    out.line();
    out.line(dim(`The whole demo took ${Math.round((performance.now() - beganAtMs) / 1000)} s.`));
    return runs.at(-1)?.result.outcome?.finished === true ? 0 : 1;
  } finally {
    await load.close();
    await server.stop();
  }
}

async function introduce(): Promise<void> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
  out.line();
  out.line(bold('Evenkeel: change the schema of a live database without anybody noticing'));
  out.line();
  out.line(
    `A shop with ${count(ORDERS)} orders is open for business. Somebody reads a long report from the same table,`,
  );
  out.line('and in the middle of it these migrations are rolled out:');
  for (const file of files) out.line(`  ${file}`);
  out.line('Twice, on two copies of the same database: first as any migration tool would, then with Evenkeel.');
  out.line();
}

async function compare(server: IncidentServer, load: LoadGenerator, signal: AbortSignal): Promise<NamedResult[]> {
  const beganAtMs = performance.now();
  await out.during(`filling ${count(ORDERS)} orders`, server.fill());
  const database = await server.copy();
  out.line(
    `  PostgreSQL ${server.version} runs, ${count(ORDERS)} orders filled in (${seconds(performance.now() - beganAtMs)})`,
  );
  signal.throwIfAborted();
  const ratePerSecond = await measureRate(load, database, signal);
  await server.drop(database);
  const runs: NamedResult[] = [];
  for (const strategy of [naiveStrategy, evenkeelStrategy]) {
    out.line();
    out.line(
      bold(`${runs.length + 1} of 2: ${strategy === naiveStrategy ? 'as any migration tool would' : 'Evenkeel'}`),
    );
    runs.push({ name: strategy.name, result: await runOn(server, load, strategy, ratePerSecond, signal) });
  }
  return runs;
}

async function measureRate(load: LoadGenerator, database: string, signal: AbortSignal): Promise<number> {
  await load.connect({ databaseUrl: database, connections: CONNECTIONS, keys: ORDERS });
  const { ratePerSecond, undisturbed, refused } = await out.during(
    `trying up to ${count(RATE_PER_SECOND)} requests a second while nobody disturbs`,
    calibrate(load, RATE_PER_SECOND, signal),
  );
  await load.disconnect();
  for (const { ratePerSecond: rate, failed, p99Ms } of refused) {
    const seen = `${count(failed)} failed, p99 ${latency(p99Ms)}`;
    out.line(yellow(`  ${count(rate)} requests a second are too many for this machine now (${seen}): fewer are used`));
  }
  const { failed, p99Ms } = undisturbed;
  out.line(
    `  ${count(ratePerSecond)} requests a second, nobody disturbs: ${count(failed)} failed, p99 ${latency(p99Ms)}`,
  );
  out.line(
    dim('  (80 % reads and 20 % updates by key, 100 connections; no answer within 2 s after it was due is a failure)'),
  );
  return ratePerSecond;
}

async function runOn(
  server: IncidentServer,
  load: LoadGenerator,
  strategy: Strategy,
  ratePerSecond: number,
  signal: AbortSignal,
): Promise<NamedResult['result']> {
  const databaseUrl = await out.during('making a fresh copy of the database', server.copy());
  await load.connect({ databaseUrl, connections: CONNECTIONS, keys: ORDERS });
  const narrate = narrateIncident(out, strategy.name);
  const result = await runIncident({
    databaseUrl,
    migrations: MIGRATIONS,
    load,
    ratePerSecond,
    times: TIMES,
    startObstacle: (lastsMs) => startLongReport(databaseUrl, lastsMs),
    strategy,
    signal,
    tell: (event) => {
      if (!signal.aborted) narrate(event);
    },
  });
  await load.disconnect();
  await server.drop(databaseUrl);
  const { failed, scheduled } = result.load;
  const share =
    failed === 0
      ? `none of ${count(scheduled)} requests failed`
      : `${count(failed)} of ${count(scheduled)} requests failed (${percent(failed, scheduled)})`;
  out.line(`  ${failed === 0 ? green(share) : red(share)}`);
  return result;
}

function tellComparison(runs: readonly NamedResult[]): void {
  out.line();
  out.line(bold('Side by side'));
  for (const line of sideBySide(runs, out.paint)) out.line(line);
  out.line();
  for (const line of secondBySecond(runs, out.paint)) out.line(line);
  out.line();
  out.line(
    'Why: ADD COLUMN itself takes a millisecond, but it needs the table for itself. While it waits for the report,',
  );
  out.line(
    'everything that comes later waits behind it. Evenkeel looks first who holds the table, asks only when nobody',
  );
  out.line('old is in the way, and gives up after a tenth of a second rather than stand in the queue.');
}

async function tellCheck(signal: AbortSignal): Promise<void> {
  const args = ['check', MIGRATIONS, '--schema', `${EXAMPLE}/schema.sql`];
  out.line();
  out.line(bold('What `evenkeel check` says before anything runs'));
  const answer = await out.during('asking', askEvenkeel([...args, '--format', 'json'], signal));
  const known = parseAnswer<CheckAnswer>(answer.stdout, 'findings');
  for (const line of known === null ? raw(answer.stdout, answer.stderr) : checkSummary(known, out.paint))
    out.line(line);
  out.line(dim(`  in full: node dist/cli/main.js ${args.join(' ')}`));
}

async function tellPlan(signal: AbortSignal): Promise<void> {
  const args = ['plan', MIGRATIONS, '--schema', `${EXAMPLE}/schema.sql`];
  out.line();
  out.line(bold('What `evenkeel plan` makes of them'));
  const answer = await out.during('asking', askEvenkeel([...args, '--format', 'json'], signal));
  const plan = parseAnswer<Plan>(answer.stdout, 'migrations');
  for (const line of plan === null ? raw(answer.stdout, answer.stderr) : planSummary(plan, out.paint)) out.line(line);
  out.line(dim(`  in full: node dist/cli/main.js ${args.join(' ')}`));
}

/** null when the answer is an error, or not what this demo knows. */
function parseAnswer<Answer extends object>(text: string, key: keyof Answer & string): Answer | null {
  try {
    const value = JSON.parse(text) as Answer;
    return Array.isArray(value[key]) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function raw(stdout: string, stderr: string): readonly string[] {
  return `${stdout}\n${stderr}`
    .trim()
    .split('\n')
    .map((line) => `  ${line}`);
}
