import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { UsageError } from '../../src/model/error.ts';
import type { Console } from '../report/console.ts';
import { readFileOr } from '../report/read-file-or.ts';
import { replaceSection } from '../report/replace-section.ts';
import { type MeasuredScene, type MeasuredScenes, scenesSection } from '../report/scenes-section.ts';
import type { BenchSetting } from './bench-setting.ts';
import { TRIAL_FOLDER } from './bench-setting.ts';
import { ORDERS } from './incident-server.ts';
import { BASELINE, type MeasuredRounds, measureRounds } from './measure-rounds.ts';
import type { Scene } from './scene.ts';
import { judgeScene } from './scene-promises.ts';
import { sceneTimes } from './scene-times.ts';
import { VARIANTS } from './scenes.ts';
import { STRATEGIES } from './strategies.ts';

/** Six scenes with four contenders in under forty minutes. */
export const FULL_SCENES: BenchSetting = {
  rounds: 3,
  seconds: 24,
  rate: 1500,
  strategies: ['naive', 'timeout-backoff', 'evenkeel'],
};

/** What the latest run measured, for `--redraw`. */
const MEASURED_FILE = `${TRIAL_FOLDER}/measured-scenes.json`;

const CONTENDERS = [BASELINE, ...STRATEGIES].map(({ id, name }) => ({
  id,
  name: id === 'naive' ? 'no timeout (naive)' : name,
}));

/**
 * Plays scenes one after the other and writes their tables; what was measured is saved after each of them.
 *
 * @returns whether every promise was kept in every scene
 * @throws UsageError when the only scene cannot be played here, or the machine does not carry the load.
 */
export async function benchScenes(
  scenes: readonly Scene[],
  setting: BenchSetting,
  out: Console,
  signal: AbortSignal,
): Promise<boolean> {
  const runs = scenes.length * setting.rounds * (setting.strategies.length + 1);
  const minutes = Math.ceil((runs * (setting.seconds + 4)) / 60);
  out.line();
  out.line(out.paint.bold(`${runs} runs of ${setting.seconds} s: about ${minutes} minutes`));
  const played: MeasuredScene[] = [];
  let serverVersion = 'unknown';
  for (const scene of scenes) {
    const cannotRun = scene.cannotRun();
    if (cannotRun !== null && scenes.length === 1)
      throw new UsageError(`${scene.id} cannot be played here: ${cannotRun}.`);
    out.line();
    out.line(out.paint.bold(`${scene.name}: ${scene.sentence}`));
    if (cannotRun !== null) out.line(`  left out: ${cannotRun}`);
    const measured = cannotRun === null ? await play(scene, setting, out, signal) : null;
    serverVersion = measured?.serverVersion ?? serverVersion;
    played.push(entry(scene, setting, cannotRun, measured));
    await save({ ...about(setting, serverVersion), scenes: played });
  }
  await write({ ...about(setting, serverVersion), scenes: played }, out);
  return played.every((scene) => judgeScene(scene, scene.results).every(({ kept }) => kept));
}

/** Writes the tables of the latest run again. */
export async function redrawScenes(out: Console): Promise<void> {
  const text = await readFileOr(MEASURED_FILE, '');
  if (text !== '') return write(JSON.parse(text) as MeasuredScenes, out);
  throw new UsageError(`There is nothing to draw again: no ${MEASURED_FILE}.`, {
    nextCommand: 'npm run bench:incident -- --scene all',
  });
}

function play(scene: Scene, setting: BenchSetting, out: Console, signal: AbortSignal): Promise<MeasuredRounds> {
  const { rounds, rate: ratePerSecond } = setting;
  const times = sceneTimes(scene, setting.seconds * 1000);
  const strategies = STRATEGIES.filter(({ id }) => setting.strategies.includes(id));
  return measureRounds({ scene, rounds, ratePerSecond, times, strategies, out, signal });
}

function entry(
  scene: Scene,
  setting: BenchSetting,
  cannotRun: string | null,
  measured: MeasuredRounds | null,
): MeasuredScene {
  const { id, name, sentence, bystanders } = scene;
  const { reportLastsMs: obstacleLastsMs, migrationStartsMs } = sceneTimes(scene, setting.seconds * 1000);
  const stays = scene.obstacle === 'stays';
  return {
    id,
    name,
    sentence,
    bystanders,
    stays,
    cannotRun,
    obstacleLastsMs,
    migrationStartsMs,
    results: measured?.results ?? [],
  };
}

function about(setting: BenchSetting, serverVersion: string): Omit<MeasuredScenes, 'scenes'> {
  const [cpus, nodeVersion] = [os.availableParallelism(), process.versions.node];
  return { setting, serverVersion, cpus, nodeVersion, orders: ORDERS };
}

async function save(measured: MeasuredScenes): Promise<void> {
  await mkdir(TRIAL_FOLDER, { recursive: true });
  await writeFile(MEASURED_FILE, JSON.stringify(measured));
}

/** A full run becomes part of the documentation; a shorter trial is only kept beside it. */
async function write(measured: MeasuredScenes, out: Console): Promise<void> {
  const full = isFull(measured);
  const folder = full ? 'docs' : TRIAL_FOLDER;
  const section = scenesSection(measured, CONTENDERS);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'benchmarks.md');
  const text = replaceSection(await readFileOr(file, '# Benchmarks\n'), 'incident-scenes', section);
  await writeFile(file, text);
  out.line();
  out.line(section);
  out.line();
  out.line(`Written: ${file}${full ? '' : ' (a trial: docs/ is left as it is)'}`);
}

/** Whether it is every scene, at least as long and as hard as by default. */
export function isFull({ setting, scenes }: MeasuredScenes): boolean {
  return (
    setting.rounds >= FULL_SCENES.rounds &&
    setting.seconds >= FULL_SCENES.seconds &&
    setting.rate >= FULL_SCENES.rate &&
    FULL_SCENES.strategies.every((id) => setting.strategies.includes(id)) &&
    VARIANTS.every(({ id }) => scenes.some((scene) => scene.id === id && scene.cannotRun === null))
  );
}
