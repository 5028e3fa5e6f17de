import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CliContext } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import type { Toolkit } from '../../src/cli/toolkit.ts';
import type { RunEvent, RunOutcome } from '../../src/model/run-event.ts';
import type { WatchState } from '../../src/model/watch-state.ts';
import { NOBODY, watchedState } from '../report/watch-states.ts';
import { migration, plan, transactionStep } from '../run/plan-fixture.ts';
import { createOrders, run, startRun, until, value } from '../run/run-support.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { runProgram } from './run-program.ts';

const addColumn = plan(
  migration('0001_column', [
    transactionStep('01-add', 'ALTER TABLE orders ADD COLUMN extra int', { locks: ['public.orders ACCESS EXCLUSIVE'] }),
  ]),
);

describe('on a real server', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(18);
    await createOrders(await database.client(), 10);
  });
  afterEach(() => database.drop());

  /** The server lets everybody in, so any password does; it must be seen nowhere. */
  const withPassword = (): string => database.url.replace('postgres@', 'postgres:s3cr3t@');

  test('a run that has ended is told as lines, and as JSON', async () => {
    const { events } = await run(database, addColumn);
    const lines = await runProgram(['watch', '--database-url', withPassword()]);
    expect(lines).toMatchObject({ exitCode: 0, stderr: '' });
    expect(lines.stdout).toMatch(
      /run: 1 migration, 1 step\n[\s\S]*0001_column: applied\n[\s\S]*one migration is applied/,
    );
    const json = await runProgram(['watch', '--database-url', withPassword(), '--format', 'json']);
    const objects = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent | { type: 'watch:frame'; verdict: string });
    expect(objects.filter(({ type }) => type !== 'watch:frame')).toEqual(JSON.parse(JSON.stringify(events)));
    expect(objects.at(-1)).toMatchObject({ type: 'watch:frame', outcome: 'completed' });
    expect(lines.stdout + json.stdout).not.toContain('s3cr3t');
  });

  test('without a ledger it says so, and what to do', async () => {
    const ended = await runProgram(['watch', '--database-url', withPassword()]);
    expect(ended.exitCode).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/^error .*has no ledger: .*\nNext: evenkeel apply/);
    expect(ended.stderr).not.toContain('s3cr3t');
  });

  test('Ctrl+C leaves at once with 0, and the run goes on', async () => {
    const client = await database.client();
    const reader = await database.client();
    await reader.query('BEGIN; SELECT FROM orders');
    await client.query('SELECT pg_sleep(0.6)');
    const started = startRun(database, addColumn);
    await started.next('lock:wait');
    const main = path.resolve('src/cli/main.ts');
    const words = ['--import', import.meta.resolve('tsx'), main, 'watch', '--database-url', database.url];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let written = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      written += text;
    });
    await until(() => written.includes('nobody waits behind it'));
    child.kill('SIGINT');
    expect((await once(child, 'close'))[0]).toBe(0);
    expect(await value<boolean>(client, 'SELECT finished_at IS NULL FROM evenkeel.run')).toBe(true);
    await reader.query('COMMIT');
    expect((await started.result).outcome).toBe('completed');
  });
});

describe('the command', () => {
  async function watch(
    last: WatchState | null,
    setting: { readonly isTerminal?: boolean; readonly env?: CliContext['env']; readonly interrupt?: boolean } = {},
  ): Promise<{ exitCode: number; written: string }> {
    let written = '';
    let interrupt = (): void => undefined;
    const stream: CliContext['stdout'] = {
      write: (text) => {
        written += text;
      },
      isTerminal: setting.isTerminal ?? false,
      columns: 80,
      rows: 24,
    };
    const context: CliContext = {
      version: '1.2.3',
      stdout: stream,
      stderr: stream,
      env: { DATABASE_URL: 'postgresql://h/d', ...setting.env },
      cwd: '.',
      now: () => 0,
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => undefined;
      },
      exitNow: () => undefined,
    };
    const toolkit = {
      watch: async ({ onLook }) => {
        if (last !== null) onLook({ state: last, newEvents: last.events });
        if (setting.interrupt === true) interrupt();
        return last;
      },
    } satisfies Pick<Toolkit, 'watch'>;
    const exitCode = await runCli(['watch'], context, toolkit as Partial<Toolkit> as Toolkit);
    return { exitCode, written };
  }

  test.each<[RunOutcome | null, number]>([
    ['completed', 0],
    ['gated', 0],
    ['stopped', 1],
    ['failed', 1],
    [null, 1],
  ])('a run that ended with %s exits with %i', async (outcome, exitCode) => {
    expect(await watch(watchedState(NOBODY, { outcome }))).toMatchObject({ exitCode });
  });

  test('whoever leaves is told no failure', async () => {
    expect(await watch(watchedState(NOBODY), { interrupt: true })).toMatchObject({ exitCode: 0 });
  });

  test('draws on a terminal, with colours where they are wanted, and on no other', async () => {
    const state = watchedState(NOBODY);
    const drawn = await watch(state, { isTerminal: true });
    expect(drawn.written).toContain('\u001b[?1049h');
    expect(drawn.written).toContain('\u001b[1m');
    expect(drawn.written.endsWith('\n')).toBe(true);
    expect((await watch(state, { isTerminal: true, env: { NO_COLOR: '1' } })).written).not.toContain('\u001b[1m');
    for (const setting of [{ isTerminal: false }, { isTerminal: true, env: { TERM: 'dumb' } }]) {
      expect((await watch(state, setting)).written).not.toContain('\u001b');
    }
  });
});
