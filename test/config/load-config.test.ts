import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'evenkeel-config-'));
  mkdirSync(path.join(home, 'a/b'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(path.join(home, name), text);
const load = (folder: string): ReturnType<typeof loadConfig> => loadConfig(path.join(home, folder), ['lock-queue']);

test('there need not be one', async () => {
  expect(await load('a/b')).toBeNull();
});

test('the nearest one counts', async () => {
  write('evenkeel.config.json', '\ufeff{"serverVersion": 15}');
  expect(await load('a/b')).toMatchObject({ serverVersion: '15', file: '../../evenkeel.config.json' });
  write('a/evenkeel.config.js', 'module.exports = { serverVersion: 14 };');
  expect(await load('a')).toMatchObject({ serverVersion: '14', file: 'evenkeel.config.js' });
  write('a/b/evenkeel.config.mts', 'export default { serverVersion: 13 as number };');
  expect(await load('a/b')).toMatchObject({ serverVersion: '13' });
});

test('a module may compute, import its neighbours and wait', async () => {
  write('a/paths.ts', 'export const paths: string[] = ["x"];');
  write(
    'a/evenkeel.config.ts',
    `import { paths } from './paths';\nexport default { paths: await Promise.resolve(paths) };`,
  );
  expect(await load('a')).toMatchObject({ paths: ['x'] });
});

test('two in one folder cannot both count', async () => {
  write('evenkeel.config.json', '{}');
  write('evenkeel.config.ts', 'export default {};');
  await expect(load('.')).rejects.toThrow(/has two config files, evenkeel\.config\.\w+ and evenkeel\.config\.\w+/);
});

test.each([
  ['json', '{"a":', /evenkeel\.config\.json is not JSON: /],
  ['ts', 'export default {', /evenkeel\.config\.ts does not run: /],
  ['ts', 'throw new TypeError("no such thing")', /evenkeel\.config\.ts does not run: no such thing\.$/],
  [
    'js',
    'export const a = 1;',
    /evenkeel\.config\.js has to hold an object, and holds nothing: it needs a default export/,
  ],
])('a broken %s: %s', async (ending, text, sentence) => {
  write(`evenkeel.config.${ending}`, text);
  await expect(load('a')).rejects.toThrow(sentence);
});
