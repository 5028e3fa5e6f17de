import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../src/model/error.ts';
import { benchScenes, FULL_SCENES, redrawScenes } from './incident/bench-scenes.ts';
import { type BenchSetting, TRIAL_FOLDER } from './incident/bench-setting.ts';
import { ORDERS } from './incident/incident-server.ts';
import { BASELINE, CONNECTIONS, measureRounds } from './incident/measure-rounds.ts';
import { judgePromises } from './incident/promises.ts';
import { requireBuild } from './incident/require-build.ts';
import type { IncidentResult, IncidentTimes } from './incident/run-incident.ts';
import { report } from './incident/scenes/report.ts';
import { chosenScenes } from './incident/scenes.ts';
import { STRATEGIES } from './incident/strategies.ts';
import { type StrategySummary, summarize } from './incident/summary.ts';
import { interruptible } from './interruptible.ts';
import { benchmarkTable } from './report/benchmark-table.ts';
import { Console } from './report/console.ts';
import { incidentChart } from './report/incident-chart.ts';
import { readFileOr } from './report/read-file-or.ts';
import { replaceSection } from './report/replace-section.ts';
import { count } from './report/words.ts';

const FULL: BenchSetting = { rounds: 3, seconds: 62, rate: 3000, strategies: STRATEGIES.map(({ id }) => id) };

/** From the start of the load to the start of the report, from there to the migration, and after the report's end. */
const REPORT_STARTS_MS = 1000;
const MIGRATION_LATER_MS = 5000;
const AFTERMATH_MS = 21_000;

/** What the latest run measured, for `--redraw`. */
const MEASURED_FILE = `${TRIAL_FOLDER}/measured.json`;

/** Everything that was measured, as it is saved, so that the table and the chart can be drawn again. */
interface Measured {
  readonly setting: BenchSetting;
  readonly serverVersion: string;
  readonly cpus: number;
  readonly nodeVersion: string;
  readonly results: readonly IncidentResult[];
}

const out = new Console(process.stdout, process.env);

await interruptible(bench);

async function bench(signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    options: {
      scene: { type: 'string', default: report.id },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      rate: { type: 'string' },
      only: { type: 'string' },
      redraw: { type: 'boolean', default: false },
    },
  });
  const scenes = chosenScenes(values.scene);
  const isReport = values.scene === report.id;
  if (values.redraw) {
    await (isReport ? lastMeasured().then(write) : redrawScenes(out));
    return 0;
  }
  const full = isReport ? FULL : FULL_SCENES;
  const setting: BenchSetting = {
    rounds: whole('rounds', values.rounds ?? full.rounds, 1),
    seconds: whole('seconds', values.seconds ?? full.seconds, isReport ? 30 : 10),
    rate: whole('rate', values.rate ?? full.rate, 10),
    strategies: chosen(values.only, full.strategies),
  };
  requireBuild();
  if (!isReport) return (await benchScenes(scenes, setting, out, signal)) ? 0 : 1;
  const measured = await measure(setting, signal);
  await write(measured);
  return judgePromises(measured.results).every(({ kept }) => kept) ? 0 : 1;
}

async function lastMeasured(): Promise<Measured> {
  const text = await readFileOr(MEASURED_FILE, '');
  if (text !== '') return JSON.parse(text) as Measured;
  throw new UsageError(`There is nothing to draw again: no ${MEASURED_FILE}.`, {
    nextCommand: 'npm run bench:incident',
  });
}

function whole(flag: string, text: string | number, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new UsageError(`--${flag} takes a whole number of at least ${least}, not "${text}".`, {
    nextCommand: `npm run bench:incident -- --${flag} ${Math.max(FULL.rounds, least)}`,
  });
}

/** Strategies by their ids, with commas; those of a full run when none is named. */
function chosen(only: string | undefined, otherwise: readonly string[]): readonly string[] {
  const ids = only?.split(',') ?? otherwise;
  const unknown = ids.find((id) => !FULL.strategies.includes(id));
  if (unknown === undefined) return ids;
  throw new UsageError(`--only takes ${FULL.strategies.join(', ')}, not "${unknown}".`, {
    nextCommand: 'npm run bench:incident -- --only evenkeel',
  });
}

function timesOf(setting: BenchSetting): IncidentTimes {
  const lastsMs = setting.seconds * 1000;
  return {
    reportStartsMs: REPORT_STARTS_MS,
    reportLastsMs: lastsMs - REPORT_STARTS_MS - AFTERMATH_MS,
    migrationStartsMs: REPORT_STARTS_MS + MIGRATION_LATER_MS,
    lastsMs,
    extendToMs: null,
  };
}

async function measure(setting: BenchSetting, signal: AbortSignal): Promise<Measured> {
  const strategies = STRATEGIES.filter(({ id }) => setting.strategies.includes(id));
  const runs = strategies.length + 1;
  const minutes = Math.ceil((setting.rounds * runs * (setting.seconds + 5)) / 60);
  out.line();
  out.line(
    out.paint.bold(`${setting.rounds} rounds of ${runs} runs of ${setting.seconds} s: about ${minutes} minutes`),
  );
  const { rounds, rate: ratePerSecond } = setting;
  const times = timesOf(setting);
  const measured = await measureRounds({ scene: report, rounds, ratePerSecond, times, strategies, out, signal });
  return { setting, cpus: os.availableParallelism(), nodeVersion: process.versions.node, ...measured };
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
  await writeFile(file, replaceSection(await readFileOr(file, '# Benchmarks\n'), 'incident', section(measured, all)));
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
