import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../../src/model/error.ts';
import { type Pgbouncer, startPgbouncer } from '../../test/support/start-pgbouncer.ts';
import { LoadGenerator } from '../load/load-generator.ts';
import type { Console } from '../report/console.ts';
import { count, latency, percent, seconds } from '../report/words.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import { EXAMPLE, IncidentServer, ORDERS } from './incident-server.ts';
import { type IncidentResult, type IncidentTimes, runIncident } from './run-incident.ts';
import type { Scene } from './scene.ts';
import type { Strategy } from './strategy.ts';

/** Connections of the application. */
export const CONNECTIONS = 100;

const MIGRATION = `${EXAMPLE}/migrations/0001_add_tracking_url.sql`;

/** What a pooler is there for: fewer sessions on the server than the application has connections. */
const POOL_SIZE = 50;

/** How often it is tried whether the machine carries the load, and how long after the last time. */
const CALIBRATIONS = 3;
const CALIBRATE_AGAIN_MS = 5000;

export const BASELINE: { readonly id: string; readonly name: string } = {
  id: 'baseline',
  name: 'baseline: no migration',
};

export interface RoundsOrder {
  readonly scene: Scene;
  readonly rounds: number;
  readonly ratePerSecond: number;
  readonly times: IncidentTimes;
  readonly strategies: readonly Strategy[];
  readonly out: Console;
  readonly signal: AbortSignal;
}

export interface MeasuredRounds {
  readonly serverVersion: string;
  readonly results: readonly IncidentResult[];
}

/** Where a run takes place. */
interface Stage {
  readonly server: IncidentServer;
  readonly load: LoadGenerator;
  readonly pooler: Pgbouncer | null;
}

/**
 * Plays one scene with every strategy and with none, round by round, on a server of its own.
 *
 * @throws UsageError when this machine does not carry the load.
 */
export async function measureRounds(order: RoundsOrder): Promise<MeasuredRounds> {
  const { scene, out, rounds } = order;
  const contenders: readonly (Strategy | null)[] = [null, ...order.strategies];
  const server = await IncidentServer.start(scene.serverSettings);
  const load = LoadGenerator.open();
  let pooler: Pgbouncer | null = null;
  try {
    if (scene.load.through === 'transaction pooler') pooler = await startPooler(server.port);
    const stage: Stage = { server, load, pooler };
    await out.during(`filling ${count(ORDERS)} orders`, server.fill(scene.prepareSql));
    await requireCapacity(stage, order);
    const results: IncidentResult[] = [];
    for (let round = 0; round < rounds; round += 1) {
      out.line(out.paint.bold(`round ${round + 1} of ${rounds}`));
      // Each round begins with another strategy, so that none always follows the same one.
      const first = Math.floor((round * contenders.length) / rounds);
      const sequence = contenders.map((_, index) => contenders[(index + first) % contenders.length] ?? null);
      for (const strategy of sequence) results.push(await runOnce(stage, strategy, order));
    }
    return { serverVersion: server.version, results };
  } finally {
    await load.close();
    await pooler?.stop();
    await server.stop();
  }
}

function startPooler(serverPort: number): Promise<Pgbouncer> {
  const settings = { default_pool_size: String(POOL_SIZE), max_client_conn: '500' };
  return startPgbouncer({ serverPort, mode: 'transaction', settings });
}

async function connect({ load, pooler }: Stage, databaseUrl: string): Promise<string> {
  const applicationUrl = pooler?.url(new URL(databaseUrl).pathname.slice(1)) ?? databaseUrl;
  // Behind such a pooler a statement that was prepared on one connection is not known on the next.
  await load.connect({
    databaseUrl: applicationUrl,
    connections: CONNECTIONS,
    keys: ORDERS,
    prepares: pooler === null,
  });
  return applicationUrl;
}

/** A benchmark on a machine that cannot carry the load would measure the machine. */
async function requireCapacity(stage: Stage, order: RoundsOrder): Promise<void> {
  const { scene, ratePerSecond: wanted, out, signal } = order;
  const databaseUrl = await stage.server.copy();
  await connect(stage, databaseUrl);
  const calibration = await out.during(
    'checking that this machine carries the load',
    calibratePatiently(stage.load, wanted, signal),
  );
  await stage.load.disconnect();
  await stage.server.drop(databaseUrl);
  const { ratePerSecond, undisturbed, refused } = calibration;
  if (ratePerSecond < wanted) {
    const seen = `${count(refused[0]?.failed ?? 0)} failed, p99 ${latency(refused[0]?.p99Ms ?? 0)}`;
    const same = scene.id === 'report' ? '' : `--scene ${scene.id} `;
    throw new UsageError(`This machine does not carry ${count(wanted)} requests a second now (${seen}).`, {
      nextCommand: `npm run bench:incident -- ${same}--rate ${ratePerSecond}`,
    });
  }
  out.line(`  undisturbed: p99 ${latency(undisturbed.p99Ms)} at ${count(wanted)} requests a second`);
}

/** A machine that was busy for a moment only gets another chance: a run of many scenes should not end over that. */
async function calibratePatiently(load: LoadGenerator, wanted: number, signal: AbortSignal): Promise<Calibration> {
  for (let attempt = 1; ; attempt += 1) {
    const calibration = await calibrate(load, wanted, signal);
    if (calibration.ratePerSecond >= wanted || attempt === CALIBRATIONS) return calibration;
    await sleep(CALIBRATE_AGAIN_MS, undefined, { signal });
  }
}

async function runOnce(stage: Stage, strategy: Strategy | null, order: RoundsOrder): Promise<IncidentResult> {
  const { scene, times, out, signal } = order;
  const { name } = strategy ?? BASELINE;
  const databaseUrl = await stage.server.copy();
  const applicationUrl = await connect(stage, databaseUrl);
  const result = await runIncident({
    databaseUrl,
    migrations: MIGRATION,
    load: stage.load,
    ratePerSecond: order.ratePerSecond,
    times,
    startObstacle: (lastsMs) => scene.start({ databaseUrl, applicationUrl, lastsMs, signal }),
    strategy,
    signal,
    tell: (event) => {
      if (event.kind !== 'second') return;
      out.status(
        `  ${name}: ${seconds(event.atMs)} of ${times.lastsMs / 1000} s, ${count(event.failedSoFar)} failed so far`,
      );
    },
  });
  await stage.load.disconnect();
  await stage.server.drop(databaseUrl);
  tellRun(out, name, result);
  return result;
}

function tellRun(out: Console, name: string, { load, peakWaiting, outcome, hurt }: IncidentResult): void {
  const { dim, green, red } = out.paint;
  const { failed, scheduled, p99Ms } = load;
  const share = failed === 0 ? '' : ` (${percent(failed, scheduled)})`;
  const words = `${count(failed)} of ${count(scheduled)} failed${share}, p99 ${latency(p99Ms)}, ${peakWaiting} waited at once`;
  const indent = `  ${' '.repeat(42)}`;
  out.line(`  ${name.padEnd(42)} ${failed === 0 ? green(words) : red(words)}`);
  if (outcome?.finished === false) out.line(dim(`${indent} not applied: ${outcome.note}`));
  if (hurt !== null) out.line(dim(`${indent} an error for whoever stood in the way: ${hurt}`));
}
