import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UsageError } from '../../src/model/error.ts';
import { failpointFromEnvironment } from '../../src/run/failpoint.ts';

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

test('anything else is a usage error', () => {
  expect(() => failpointFromEnvironment({ EVENKEEL_FAILPOINT: 'explode' })).toThrow(UsageError);
});
