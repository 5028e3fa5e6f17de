import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { type BuildPhase, IndexScene, PLAIN, UNIQUE } from './index-scene.ts';
import { createOrders } from './run-support.ts';

/** Those that last as long as somebody is in the way; `npm run test:concurrently` takes every phase, on a big table. */
const HELD_PHASES: readonly BuildPhase[] = ['waiting for writers before build', 'waiting for old snapshots'];

describe.each([13, 18])('an index on 20,000 rows beside an old snapshot and a writer, on PostgreSQL %i', (major) => {
  let database: TestDatabase;
  let folder: string;
  let scene: IndexScene;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-index-'));
    database = await createTestDatabase(major);
    await createOrders(await database.client(), 20_000);
  });
  afterEach(async () => {
    await scene.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(HELD_PHASES)('the runner is killed while it is %s: never a lie, one valid index', async (phase) => {
    scene = await IndexScene.open(database.url, folder, phase === 'waiting for old snapshots' ? UNIQUE : PLAIN);
    await scene.holdSnapshot();
    if (phase === 'waiting for writers before build') await scene.holdWriter();
    scene.startWriting();
    const runner = scene.startRunner();
    expect(await scene.reach(phase)).toEqual(expect.any(Number));
    runner.process.kill('SIGKILL');
    await runner.ended;
    await scene.look();
    await scene.lookAtStatus();
    await scene.finish();
  });
});
