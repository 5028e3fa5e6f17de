import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../src/model/error.ts';
import { calibrate } from './incident/calibrate.ts';
import { EXAMPLE, IncidentServer, ORDERS } from './incident/incident-server.ts';
import { judgePromises } from './incident/promises.ts';
import { requireBuild } from './incident/require-build.ts';
import { type IncidentResult, type IncidentTimes, runIncident } from './incident/run-incident.ts';
import { STRATEGIES } from './incident/strategies.ts';
import type { Strategy } from './incident/strategy.ts';
import { type StrategySummary, summarize } from './incident/summary.ts';
import { interruptible } from './interruptible.ts';
import { LoadGenerator } from './load/load-generator.ts';
import { benchmarkTable } from './report/benchmark-table.ts';
import { Console } from './report/console.ts';
import { incidentChart } from './report/incident-chart.ts';
import { replaceSection } from './report/replace-section.ts';
import { count, latency, percent, seconds } from './report/words.ts';

const CONNECTIONS = 100;
const MIGRATION = `${EXAMPLE}/migrations/0001_add_tracking_url.sql`;
const FULL = { rounds: 3, seconds: 62, rate: 3000, strategies: STRATEGIES.map(({ id }) => id) };

/** From the start of the load to the start of the report, from there to the migration, and after the report's end. */
const REPORT_STARTS_MS = 1000;
const MIGRATION_LATER_MS = 5000;
const AFTERMATH_MS = 21_000;

/** Where a trial run leaves its table and chart; ignored by git. */
const TRIAL_FOLDER = '.cache/bench-incident';

/** What the latest run measured, for `--redraw`. */
const MEASURED_FILE = `${TRIAL_FOLDER}/measured.json`;

/** What a bench run can be asked for. */
interface Setting {
  readonly rounds: number;
  readonly seconds: number;
  readonly rate: number;
  readonly strategies: readonly string[];
}

/** Everything that was measured, as it is saved, so that the table and the chart can be drawn again. */
interface Measured {
  readonly setting: Setting;
  readonly serverVersion: string;
  readonly cpus: number;
  readonly nodeVersion: string;
  readonly results: readonly IncidentResult[];
}

const BASELINE = { id: 'baseline', name: 'baseline: no migration' };

const out = new Console(process.stdout, process.env);
const { bold, dim, green, red } = out.paint;

await interruptible(bench);

async function bench(signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: String(FULL.rounds) },
      seconds: { type: 'string', default: String(FULL.seconds) },
      rate: { type: 'string', default: String(FULL.rate) },
      only: { type: 'string' },
      redraw: { type: 'boolean', default: false },
    },
  });
  if (values.redraw) {
    await write(await lastMeasured());
    return 0;
  }
  const setting: Setting = {
    rounds: whole('rounds', values.rounds, 1),
    seconds: whole('seconds', values.seconds, 30),
    rate: whole('rate', values.rate, 10),
    strategies: chosen(values.only),
  };
  requireBuild();
  const measured = await measure(setting, signal);
  await write(measured);
  return judgePromises(measured.results).every(({ kept }) => kept) ? 0 : 1;
}

async function lastMeasured(): Promise<Measured> {
  const text = await readOr(MEASURED_FILE, '');
  if (text !== '') return JSON.parse(text) as Measured;
  throw new UsageError(`There is nothing to draw again: no ${MEASURED_FILE}.`, {
    nextCommand: 'npm run bench:incident',
  });
}

function whole(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(`--${flag} takes a whole number of at least ${least}, not "${text}".`, {
    nextCommand: `npm run bench:incident -- --${flag} ${Math.max(FULL.rounds, least)}`,
  });
}

/** Strategies by their ids, with commas; all of them when none is named. */
function chosen(only: string | undefined): readonly string[] {
  const ids = only?.split(',') ?? FULL.strategies;
  const unknown = ids.find((id) => !FULL.strategies.includes(id));
  if (unknown === undefined) return ids;
  throw new UsageError(`--only takes ${FULL.strategies.join(', ')}, not "${unknown}".`, {
    nextCommand: 'npm run bench:incident -- --only evenkeel',
  });
}

function timesOf(setting: Setting): IncidentTimes {
  const lastsMs = setting.seconds * 1000;
  return {
    reportStartsMs: REPORT_STARTS_MS,
    reportLastsMs: lastsMs - REPORT_STARTS_MS - AFTERMATH_MS,
    migrationStartsMs: REPORT_STARTS_MS + MIGRATION_LATER_MS,
    lastsMs,
    extendToMs: null,
  };
}

async function measure(setting: Setting, signal: AbortSignal): Promise<Measured> {
  const strategies = STRATEGIES.filter(({ id }) => setting.strategies.includes(id));
  const contenders: readonly (Strategy | null)[] = [null, ...strategies];
  const minutes = Math.ceil((setting.rounds * contenders.length * (setting.seconds + 5)) / 60);
  out.line();
  out.line(
    bold(`${setting.rounds} rounds of ${contenders.length} runs of ${setting.seconds} s: about ${minutes} minutes`),
  );
  const server = await IncidentServer.start();
  const load = LoadGenerator.open();
  try {
    await out.during(`filling ${count(ORDERS)} orders`, server.fill());
    await requireCapacity(server, load, setting, signal);
    const results: IncidentResult[] = [];
    for (let round = 0; round < setting.rounds; round += 1) {
      out.line(bold(`round ${round + 1} of ${setting.rounds}`));
      // Each round begins with another strategy, so that none always follows the same one.
      const order = contenders.map((_, index) => contenders[(index + 2 * round) % contenders.length] ?? null);
      for (const strategy of order) {
        results.push(await runOnce(server, load, strategy, setting, signal));
      }
    }
    return {
      setting,
      serverVersion: server.version,
      cpus: os.availableParallelism(),
      nodeVersion: process.versions.node,
      results,
    };
  } finally {
    await load.close();
    await server.stop();
  }
}

/** A benchmark on a machine that cannot carry the load would measure the machine. */
async function requireCapacity(
  server: IncidentServer,
  load: LoadGenerator,
  setting: Setting,
  signal: AbortSignal,
): Promise<void> {
  const databaseUrl = await server.copy();
  await load.connect({ databaseUrl, connections: CONNECTIONS, keys: ORDERS });
  const { ratePerSecond, undisturbed, refused } = await out.during(
    'checking that this machine carries the load',
    calibrate(load, setting.rate, signal),
  );
  await load.disconnect();
  await server.drop(databaseUrl);
  if (ratePerSecond < setting.rate) {
    const seen = `${count(refused[0]?.failed ?? 0)} failed, p99 ${latency(refused[0]?.p99Ms ?? 0)}`;
    throw new UsageError(`This machine does not carry ${count(setting.rate)} requests a second now (${seen}).`, {
      nextCommand: `npm run bench:incident -- --rate ${ratePerSecond}`,
    });
  }
  out.line(`  undisturbed: p99 ${latency(undisturbed.p99Ms)} at ${count(setting.rate)} requests a second`);
}

async function runOnce(
  server: IncidentServer,
  load: LoadGenerator,
  strategy: Strategy | null,
  setting: Setting,
  signal: AbortSignal,
): Promise<IncidentResult> {
  const { name } = strategy ?? BASELINE;
  const databaseUrl = await server.copy();
  await load.connect({ databaseUrl, connections: CONNECTIONS, keys: ORDERS });
  const result = await runIncident({
    databaseUrl,
    migrations: MIGRATION,
    load,
    ratePerSecond: setting.rate,
    times: timesOf(setting),
    strategy,
    signal,
    tell: (event) => {
      if (event.kind !== 'second') return;
      out.status(
        `  ${name}: ${seconds(event.atMs)} of ${setting.seconds} s, ${count(event.failedSoFar)} failed so far`,
      );
    },
  });
  await load.disconnect();
  await server.drop(databaseUrl);
  const { failed, scheduled, p99Ms } = result.load;
  const share = failed === 0 ? '' : ` (${percent(failed, scheduled)})`;
  const words = `${count(failed)} of ${count(scheduled)} failed${share}, p99 ${latency(p99Ms)}, ${result.peakWaiting} waited at once`;
  out.line(`  ${name.padEnd(42)} ${failed === 0 ? green(words) : red(words)}`);
  if (result.outcome?.finished === false) out.line(dim(`  ${' '.repeat(42)} not applied: ${result.outcome.note}`));
  return result;
}

function summaries({ results }: Measured): readonly StrategySummary[] {
  return [BASELINE, ...STRATEGIES].flatMap(({ id, name }) => {
    const [first, ...others] = results.filter((result) => result.strategy === id);
    return first === undefined
      ? []
      : [summarize({ id, name: id === 'naive' ? 'no timeout (naive)' : name }, [first, ...others])];
  });
}

/** A full run becomes part of the documentation; a shorter trial is only kept beside it. */
async function write(measured: Measured): Promise<void> {
  const { setting } = measured;
  const full =
    setting.rounds >= FULL.rounds &&
    setting.seconds === FULL.seconds &&
    setting.rate === FULL.rate &&
    setting.strategies.length === FULL.strategies.length;
  const folder = full ? 'docs' : TRIAL_FOLDER;
  const all = summaries(measured);
  await mkdir(TRIAL_FOLDER, { recursive: true });
  await writeFile(MEASURED_FILE, JSON.stringify(measured));
  await mkdir(folder, { recursive: true });
  const chart = path.join(folder, 'benchmarks-incident.svg');
  await writeFile(chart, incidentChart(all, { ratePerSecond: setting.rate, lastsMs: setting.seconds * 1000 }));
  const file = path.join(folder, 'benchmarks.md');
  await writeFile(file, replaceSection(await readOr(file, '# Benchmarks\n'), 'incident', section(measured, all)));
  out.line();
  out.line(section(measured, all));
  out.line();
  out.line(`Written: ${file}, ${chart}${full ? '' : ' (a trial: docs/ is left as it is)'}`);
}

function section(measured: Measured, all: readonly StrategySummary[]): string {
  const { setting, serverVersion, cpus, nodeVersion } = measured;
  const times = timesOf(setting);
  const requests = count(all[0]?.scheduled ?? 0);
  return `## The incident: one ADD COLUMN behind a long report

${count(ORDERS)} orders, ${count(setting.rate)} requests a second for ${setting.seconds} s (${requests} in all). A report holds ACCESS SHARE on
\`orders\` for ${times.reportLastsMs / 1000} s; ${MIGRATION_LATER_MS / 1000} s after its start somebody adds a column. Median of ${setting.rounds} interleaved round${setting.rounds === 1 ? '' : 's'}, the worst
round in brackets. "Column there after" counts from the start of the migration.

${benchmarkTable(all)}

What Evenkeel promises, and the worst that was measured:

${judgePromises(measured.results)
  .map(({ sentence, kept, worst }) => `- ${sentence}: **${kept ? 'kept' : 'broken'}** (${worst})`)
  .join('\n')}

![Failed requests and p99 of each strategy, second by second](benchmarks-incident.svg)

PostgreSQL ${serverVersion} on ${cpus} cores together with the load generator (Node.js ${nodeVersion}); \`synchronous_commit = off\`,
\`fsync = off\`, \`shared_buffers = 256MB\`, everything else as it comes. Requests become due at fixed times whether or not
earlier ones were answered; 80 % read and 20 % update an order by its key through ${CONNECTIONS} connections; latency counts from
the moment a request was due; no answer within 2 s is a failure. Measure it again: \`npm run bench:incident\`.`;
}

async function readOr(file: string, otherwise: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return otherwise;
    throw error;
  }
}
