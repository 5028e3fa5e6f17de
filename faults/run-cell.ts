import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MigrationCase } from './cases/migration-case.ts';
import { SHOP_SQL } from './cases/migration-cases.ts';
import type { Cell } from './fault.ts';
import { type DatabaseTruth, judgeDatabase } from './judge/judge-database.ts';
import { endingOf, judgeFaultedRuns, judgeResumingRun } from './judge/judge-runs.ts';
import { ApplicationLoad, type LoadReport } from './load/application-load.ts';
import { Scene, type SceneRun } from './scene.ts';
import { connect, FaultServer } from './servers/fault-server.ts';

/** What became of a cell. */
export interface CellResult {
  /** Endings of the runs that met the fault, then of those that went on: `SIGKILL, then 0`. */
  readonly seen: string;
  /** Why it was not run; null when it was. */
  readonly skipped: string | null;
  /** Everything that was otherwise than expected. */
  readonly failures: readonly string[];
  readonly load: LoadReport | null;
}

/** The most runs that it may take to come to the end once the fault is over. */
const MOST_RUNS = 4;
const WARM_UP_REQUESTS = 12;
const REQUESTS_AFTERWARDS = 40;
const RUNS_END_WITHIN_MS = 90_000;

let counter = 0;

/** Makes the fault of a cell under load, goes on until everything is applied, and compares with the undisturbed run. */
export async function runCell(cell: Cell, shared: FaultServer, truth: DatabaseTruth): Promise<CellResult> {
  const skipped = cell.cannotRun?.() ?? null;
  if (skipped !== null) return { seen: '', skipped, failures: [], load: null };
  const { ownServer } = cell;
  const server = ownServer === undefined ? shared : await FaultServer.start(shared.major, ownServer);
  try {
    return await onServer(cell, server, truth);
  } finally {
    if (server !== shared) await server.stop();
  }
}

async function onServer(cell: Cell, server: FaultServer, truth: DatabaseTruth): Promise<CellResult> {
  const database = await makeShop(server);
  const folder = writeCase(cell.scouted.migrationCase);
  const admin = await connect(server.adminUrl(database));
  const where = { port: server.port };
  const mayBreak = cell.expected.breaks ?? null;
  const url = (): string => `postgresql://shop@127.0.0.1:${where.port}/${database}`;
  const load = await ApplicationLoad.start(admin, { url, mayBreak, mayLose: cell.expected.losesWrites === true });
  const scene = new Scene({ server, database, scouted: cell.scouted, load, admin, folder, where });
  try {
    await load.work(WARM_UP_REQUESTS);
    await cell.act(scene);
    await scene.undo();
    const resumed = await goOn(scene);
    await load.work(REQUESTS_AFTERWARDS);
    const report = await load.stop();
    const failures = [
      ...scene.findings,
      ...judgeFaultedRuns(scene.runs.slice(0, scene.runs.length - resumed.length), cell.expected),
      ...resumed.flatMap(judgeResumingRun),
      ...report.failures,
      ...(cell.expected.losesWrites === true ? [] : await load.differences(scene.admin)),
      ...(await judgeDatabase(scene.admin, scene.url('postgres'), truth)),
    ];
    const faulted = scene.runs.slice(0, scene.runs.length - resumed.length);
    return { seen: seenWords(faulted, resumed), skipped: null, failures: [...new Set(failures)], load: report };
  } catch (error) {
    const report = await load.stop();
    const message = error instanceof Error ? error.message : String(error);
    return { seen: 'broke off', skipped: null, failures: [`the cell broke off: ${message}`], load: report };
  } finally {
    await scene.clear();
    rmSync(folder, { recursive: true, force: true });
    if (server.isUp) await dropDatabase(server, database);
  }
}

/** Runs `apply` again as a user would, until it says that everything is done. Answers the runs. */
async function goOn(scene: Scene): Promise<readonly SceneRun[]> {
  const before = scene.runs.length;
  for (let count = 0; count < MOST_RUNS; count += 1) {
    const run = await scene.end(scene.start(), RUNS_END_WITHIN_MS);
    if (run?.exitCode === 0) break;
  }
  return scene.runs.slice(before);
}

function seenWords(faulted: readonly SceneRun[], resumed: readonly SceneRun[]): string {
  const counted = (runs: readonly SceneRun[]): string => {
    const endings = new Map<string, number>();
    for (const run of runs) endings.set(endingOf(run), (endings.get(endingOf(run)) ?? 0) + 1);
    return [...endings].map(([ending, count]) => (count > 1 ? `${count} x ${ending}` : ending)).join(', ');
  };
  return `${counted(faulted) || '-'}, then ${counted(resumed)}`;
}

/** A database with the shop, owned by the migrator. */
export async function makeShop(server: FaultServer): Promise<string> {
  counter += 1;
  const database = `fault_${process.pid}_${counter}`;
  const admin = await connect(server.adminUrl());
  await admin.query(`CREATE DATABASE ${database} OWNER migrator`);
  await admin.end();
  const owner = await connect(server.adminUrl(database).replace('//postgres@', '//migrator@'));
  await owner.query(SHOP_SQL);
  await owner.query(
    'GRANT ALL ON ALL TABLES IN SCHEMA public TO shop; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO shop',
  );
  await owner.end();
  return database;
}

/** A folder of its own with `migrations/` in it. */
export function writeCase({ files }: MigrationCase): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-fault-'));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, 'migrations', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

async function dropDatabase(server: FaultServer, database: string): Promise<void> {
  const admin = await connect(server.adminUrl());
  await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`).finally(() => admin.end());
}
