import { describe, expect, test } from 'vitest';
import { type ResolvedConfig, resolveConfig } from '../../src/config/resolve-config.ts';
import { defineConfig } from '../../src/config/user-config.ts';
import { UsageError } from '../../src/model/error.ts';

const origin = {
  file: '../evenkeel.config.json',
  folder: '/home/shop',
  cwd: '/home/shop/db',
  knownRules: ['lock-queue', 'data-loss'],
};
const resolve = (value: unknown): ResolvedConfig => resolveConfig(value, origin);

test('an empty config says nothing', () => {
  expect(resolve({})).toEqual({
    file: '../evenkeel.config.json',
    paths: null,
    schemaFile: null,
    serverVersion: null,
    rules: {},
  });
});

test('paths are as one would type them where the command runs', () => {
  const config = defineConfig({ paths: ['db/migrations', './drizzle', 'db'], schema: 'schema.sql', serverVersion: 16 });
  expect(resolve(config)).toMatchObject({
    paths: ['migrations', '../drizzle', '.'],
    schemaFile: '../schema.sql',
    serverVersion: '16',
  });
});

test('rules are levels, or levels by table', () => {
  const rules = { 'lock-queue': 'off', 'data-loss': { severity: 'error', tables: { 'public.tmp_*': 'off' } } } as const;
  expect(resolve({ rules }).rules).toEqual(rules);
});

describe('what makes no sense is told by its key', () => {
  test.each([
    [null, /holds null/],
    [[], /has to hold an object, and holds a list/],
    [undefined, /holds nothing: it needs a default export/],
    [{ path: ['a'] }, /: path is not known; did you mean paths\./],
    [{ databaseUrl: 'x' }, /: databaseUrl is not known; there are paths, schema, serverVersion, rules/],
    [{ paths: 'drizzle' }, /: paths has to be a list/],
    [{ paths: [] }, /: paths has to be a list/],
    [{ paths: ['a', 3] }, /: paths\[1\] has to be the path/],
    [{ schema: '' }, /: schema has to be the path/],
    [{ serverVersion: 'newest' }, /: serverVersion has to be a PostgreSQL version such as 16/],
    [{ serverVersion: {} }, /: serverVersion has to be/],
    [{ rules: [] }, /: rules has to be an object/],
    [{ rules: { 'lock-que': 'off' } }, /: rules\.lock-que names no rule; did you mean lock-queue/],
    [{ rules: { zzzzzzzzzz: 'off' } }, /names no rule; evenkeel rules lists them all/],
    [
      { rules: { 'data-loss': 'fatal' } },
      /: rules\.data-loss has to be error, warning, info or off, or .+, not "fatal"/,
    ],
    [{ rules: { 'data-loss': { level: 'off' } } }, /: rules\.data-loss\.level is not known/],
    [{ rules: { 'data-loss': { severity: 1 } } }, /: rules\.data-loss\.severity has to be error, .+, not 1/],
    [{ rules: { 'data-loss': { tables: 'a' } } }, /: rules\.data-loss\.tables has to be an object of patterns/],
    [
      { rules: { 'data-loss': { tables: { a: 'off' } } } },
      /tables\['a'\] has to name a schema and a table, such as public\.a/,
    ],
    [{ rules: { 'data-loss': { tables: { 'a.b': null } } } }, /tables\['a\.b'\] has to be error, .+, not null/],
  ])('%j', (value, sentence) => {
    expect(() => resolve(value)).toThrow(sentence);
    expect(() => resolve(value)).toThrow(/^\.\.\/evenkeel\.config\.json/);
    expect(() => resolve(value)).toThrow(UsageError);
  });
});
