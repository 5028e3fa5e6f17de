import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { InvariantError } from '../src/model/error.ts';
import type { MigrationCase, ScoutedCase } from './cases/migration-case.ts';
import { type DatabaseTruth, readTruth } from './judge/judge-database.ts';
import { RunnerProcess } from './process/runner-process.ts';
import { makeShop, writeCase } from './run-cell.ts';
import { connect, type FaultServer } from './servers/fault-server.ts';

export interface Scouted {
  readonly scouted: ScoutedCase;
  readonly truth: DatabaseTruth;
}

/** Runs a case undisturbed: which places it passes, and what it leaves behind. */
export async function scoutCase(server: FaultServer, migrationCase: MigrationCase): Promise<Scouted> {
  const database = await makeShop(server);
  const folder = writeCase(migrationCase);
  try {
    const logFile = path.join(folder, 'passed');
    const url = server.adminUrl(database).replace('//postgres@', '//migrator@');
    const runner = RunnerProcess.start({ url, folder: path.join(folder, 'migrations'), logFile });
    const { exitCode, output } = await runner.ended;
    if (exitCode !== 0) throw new InvariantError(`The undisturbed run of ${migrationCase.name} failed:\n${output}`);
    const places = readFileSync(logFile, 'utf8').split('\n').filter(Boolean);
    return { scouted: { migrationCase, places }, truth: await readTruth(server.adminUrl(database)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
    const admin = await connect(server.adminUrl());
    await admin.query(`DROP DATABASE ${database} WITH (FORCE)`).finally(() => admin.end());
  }
}
