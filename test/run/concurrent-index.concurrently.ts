import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connect, FaultServer } from '../../faults/servers/fault-server.ts';
import { BUILD_PHASES, type BuildPhase, IndexScene, PLAIN, UNIQUE } from './index-scene.ts';
import { createOrders, value } from './run-support.ts';

/** `EVENKEEL_INDEX_ROWS=200000 EVENKEEL_INDEX_MAJORS=18 npm run test:concurrently` takes minutes instead of an hour. */
const ROWS = Number(process.env['EVENKEEL_INDEX_ROWS'] ?? 2_000_000);
const MAJORS = (process.env['EVENKEEL_INDEX_MAJORS'] ?? '13,18').split(',').map(Number);

/** A phase of a fraction of a second can be missed; then the build is begun again. */
const TRIES = 5;

/** A server looks after its client every second; this is long enough to see what a dead runner's session does. */
const AFTER_THE_KILL_MS = 2_000;

const SOME_PHASES: readonly BuildPhase[] = [
  'building index: scanning table',
  'index validation: scanning table',
  'waiting for old snapshots',
];

describe.each(MAJORS)(`an index on ${ROWS} rows of PostgreSQL %i, beside an old snapshot and a writer`, (major) => {
  let server: FaultServer;
  let folder: string;
  let url: string;
  let scene: IndexScene | null = null;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-index-'));
    // One process and little memory, so that each phase lasts long enough to be seen.
    server = await FaultServer.start(major, { max_parallel_maintenance_workers: '0', maintenance_work_mem: '8MB' });
    url = server.adminUrl();
    const client = await connect(url);
    await createOrders(client, ROWS);
    expect(await value(client, 'SELECT count(*)::int FROM orders')).toBe(ROWS);
    await client.end();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await scene?.close();
    scene = null;
  });

  /** Begins the build and does `fault` to it in that phase, then looks on for a while. */
  async function disturb(
    unique: boolean,
    phase: BuildPhase,
    fault: (runner: ReturnType<IndexScene['startRunner']>, pid: number) => Promise<void>,
  ): Promise<IndexScene> {
    for (let attempt = 1; ; attempt += 1) {
      const current = await IndexScene.open(url, folder, unique ? UNIQUE : PLAIN);
      scene = current;
      await current.holdSnapshot();
      if (phase === 'waiting for writers before build') await current.holdWriter();
      current.startWriting();
      const runner = current.startRunner();
      const pid = await current.reach(phase);
      if (pid !== null) {
        await fault(runner, pid);
        await runner.ended;
        const until = performance.now() + AFTER_THE_KILL_MS;
        while (performance.now() < until) {
          await current.look();
          await current.lookAtStatus();
        }
        return current;
      }
      expect(attempt, `the phase "${phase}" was never seen`).toBeLessThan(TRIES);
      runner.process.kill('SIGKILL');
      await runner.ended;
      await current.finish();
      await current.close();
    }
  }

  describe.each([
    ['an index', false],
    ['a unique index', true],
  ] as const)('%s', (_name, unique) => {
    test.each(BUILD_PHASES)('the runner is killed while it is %s', async (phase) => {
      const disturbed = await disturb(unique, phase, async (runner) => {
        runner.process.kill('SIGKILL');
      });
      await disturbed.finish();
    });
  });

  test.each(SOME_PHASES)('the session that builds is ended while it is %s', async (phase) => {
    const disturbed = await disturb(false, phase, async (_runner, pid) => {
      const client = await connect(url);
      await client.query('SELECT pg_terminate_backend($1)', [pid]);
      await client.end();
    });
    await disturbed.finish();
  });

  test.each(SOME_PHASES)('the server stops at once while it is %s, and comes back', async (phase) => {
    const disturbed = await disturb(true, phase, async () => {
      await server.stopNow();
      await disturbedForget();
      await sleep(100);
      await server.startAgain();
    });
    await disturbed.finish();
  });

  async function disturbedForget(): Promise<void> {
    await scene?.forget();
  }
});
