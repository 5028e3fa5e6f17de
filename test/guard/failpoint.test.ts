import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { failpointFromEnvironment } from '../../src/guard/failpoint.ts';
import { UsageError } from '../../src/model/error.ts';

test('without the variables nothing is armed and nothing is written', () => {
  const failpoint = failpointFromEnvironment({});
  failpoint.pass('a');
  expect(failpoint.armed('a')).toBe(false);
});

test('places are numbered and logged, and only the named one is armed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-failpoint-'));
  const log = path.join(folder, 'log');
  const failpoint = failpointFromEnvironment({
    EVENKEEL_FAILPOINT: 'm/s/before/strike#2:kill',
    EVENKEEL_FAILPOINT_LOG: log,
  });
  expect(failpoint.armed('m/s/before/strike')).toBe(false);
  failpoint.pass('m/s/before/strike');
  expect(failpoint.armed('m/s/before/strike')).toBe(true);
  failpoint.pass('m/s/after/strike');
  expect(readFileSync(log, 'utf8')).toBe('m/s/before/strike#1\nm/s/after/strike#1\n');
  rmSync(folder, { recursive: true });
});

test('a stopped process stands still at its place until it is told to go on', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-failpoint-'));
  const log = path.join(folder, 'log');
  const program = `import { failpointFromEnvironment } from ${JSON.stringify(new URL('../../src/guard/failpoint.ts', import.meta.url).href)};
    const failpoint = failpointFromEnvironment(process.env);
    failpoint.pass('a');
    failpoint.pass('b');
    failpoint.pass('c');`;
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), '--input-type=module', '--eval', program],
    { env: { ...process.env, EVENKEEL_FAILPOINT: 'b#1:stop', EVENKEEL_FAILPOINT_LOG: log }, stdio: 'inherit' },
  );
  const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  const passed = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
  const isStopped = (): boolean =>
    execFileSync('ps', ['-o', 'state=', '-p', String(child.pid)])
      .toString()
      .startsWith('T');
  while (!passed().includes('b#1') || !isStopped()) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(passed()).toBe('a#1\nb#1\n');
  child.kill('SIGCONT');
  expect(await ended).toBe(0);
  expect(passed()).toBe('a#1\nb#1\nc#1\n');
  rmSync(folder, { recursive: true });
});

test('anything else is a usage error', () => {
  expect(() => failpointFromEnvironment({ EVENKEEL_FAILPOINT: '@file:stop' })).toThrow(UsageError);
  expect(() => failpointFromEnvironment({ EVENKEEL_FAILPOINT: 'explode' })).toThrow(UsageError);
});
