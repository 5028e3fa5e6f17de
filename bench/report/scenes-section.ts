import type { BenchSetting } from '../incident/bench-setting.ts';
import type { IncidentResult } from '../incident/run-incident.ts';
import { judgeScene, longestStallMs } from '../incident/scene-promises.ts';
import { medianAndWorst, type StrategySummary, summarize } from '../incident/summary.ts';
import { columnThereCell, markdownTable, medianAndWorstCell } from './table-cells.ts';
import { count, latency } from './words.ts';

/** One scene as it was measured, or why it was not. */
export interface MeasuredScene {
  readonly id: string;
  readonly name: string;
  readonly sentence: string;
  readonly cannotRun: string | null;
  readonly bystanders: boolean;
  /** Whether the obstacle is there until the load ends. */
  readonly stays: boolean;
  /** How long the obstacle stood in the way and when the migration began, from the start of the load. */
  readonly obstacleLastsMs: number;
  readonly migrationStartsMs: number;
  readonly results: readonly IncidentResult[];
}

/** Everything that was measured, as it is saved, so that the tables can be written again. */
export interface MeasuredScenes {
  readonly setting: BenchSetting;
  readonly serverVersion: string;
  readonly cpus: number;
  readonly nodeVersion: string;
  readonly orders: number;
  readonly scenes: readonly MeasuredScene[];
}

/** Who may appear in a table, in its order. */
export type Contender = Pick<StrategySummary, 'id' | 'name'>;

const HEAD: readonly string[] = [
  'strategy',
  'failed requests',
  'p99',
  'max',
  'longest while it asked',
  'queries waiting at once',
  'column there after',
  'attempts',
];

/** The section of docs/benchmarks.md that tells how Evenkeel and others fare when something else stands in the way. */
export function scenesSection(measured: MeasuredScenes, contenders: readonly Contender[]): string {
  const { setting, serverVersion, cpus, nodeVersion } = measured;
  const rounds = setting.rounds === 1 ? 'the one round' : `${setting.rounds} interleaved rounds`;
  return `## The incident, with something else in the way

The same migration and ${count(measured.orders)} orders, ${count(setting.rate)} requests a second for ${setting.seconds} s. Median of ${rounds},
the worst round in brackets. "Longest while it asked" is the longest latency in the seconds around the moments at which a
lock was asked for; "column there after" counts from the start of the migration.

${measured.scenes.map((scene) => sceneText(scene, contenders)).join('\n\n')}

PostgreSQL ${serverVersion} on ${cpus} cores together with the load generator (Node.js ${nodeVersion}); load and settings are those of the
incident above. Measure it again: \`npm run bench:incident -- --scene all\`, or one scene: \`--scene ${measured.scenes[0]?.id ?? 'hot'}\`.`;
}

function sceneText(scene: MeasuredScene, contenders: readonly Contender[]): string {
  const title = `### ${scene.name} (\`${scene.id}\`)\n\n${scene.sentence}`;
  if (scene.cannotRun !== null) return `${title} Not measured here: ${scene.cannotRun}.`;
  const lasts = scene.stays ? 'until the load ends' : `for ${(scene.obstacleLastsMs / 1000).toFixed(1)} s`;
  const begins = `the migration begins ${scene.migrationStartsMs / 1000} s after the load`;
  const promises = judgeScene(scene, scene.results).map(
    ({ sentence, kept, worst }) => `- ${sentence}: **${kept ? 'kept' : 'broken'}** (${worst})`,
  );
  return `${title} This goes on ${lasts}; ${begins}.

${sceneTable(scene.results, contenders)}

${promises.length === 0 ? 'Evenkeel was not measured.' : `Evenkeel:\n\n${promises.join('\n')}`}`;
}

function sceneTable(results: readonly IncidentResult[], contenders: readonly Contender[]): string {
  const rows = contenders.flatMap((contender) => {
    const [first, ...others] = results.filter(({ strategy }) => strategy === contender.id);
    return first === undefined ? [] : [row(summarize(contender, [first, ...others]), [first, ...others])];
  });
  return markdownTable(HEAD, rows);
}

function row(summary: StrategySummary, results: readonly IncidentResult[]): readonly string[] {
  const migrates = summary.attempts !== null;
  return [
    summary.name,
    medianAndWorstCell(summary.failed, count),
    medianAndWorstCell(summary.p99Ms, latency),
    medianAndWorstCell(summary.maxMs, latency),
    migrates ? medianAndWorstCell(medianAndWorst(results.map(longestStallMs)), latency) : '-',
    medianAndWorstCell(summary.peakWaiting, count),
    columnThereCell(summary),
    summary.attempts === null ? '-' : medianAndWorstCell(summary.attempts, count),
  ];
}
