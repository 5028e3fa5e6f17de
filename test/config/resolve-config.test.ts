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
    blockers: null,
    queue: null,
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

test('who may be ended is read with its times in milliseconds', () => {
  const config = defineConfig({
    blockers: {
      policies: [
        { class: 'idle-in-transaction', action: 'terminate', after: '5min', role: 'report*' },
        { class: 'active-query', action: 'ask', after: '90s', query: '^SELECT' },
      ],
    },
  });
  expect(resolve(config).blockers).toEqual({
    policies: [
      { class: 'idle-in-transaction', action: 'terminate', afterMs: 300_000, role: 'report*' },
      { class: 'active-query', action: 'ask', afterMs: 90_000, query: '^SELECT' },
    ],
    atMost: 3,
  });
});

const blockers = (policy: object): object => ({
  blockers: { policies: [{ class: 'active-query', action: 'cancel', after: '1min', ...policy }] },
});

describe('what makes no sense is told by its key', () => {
  test.each([
    [null, /holds null/],
    [[], /has to hold an object, and holds a list/],
    [undefined, /holds nothing: it needs a default export/],
    [{ path: ['a'] }, /: path is not known; did you mean paths\./],
    [
      { databaseUrl: 'x' },
      /: databaseUrl is not known; there are paths, schema, serverVersion, rules, blockers, queue/,
    ],
    [{ paths: 'drizzle' }, /: paths has to be a list/],
    [{ paths: [] }, /: paths has to be a list/],
    [{ paths: ['a', 3] }, /: paths\[1\] has to be the path/],
    [{ schema: '' }, /: schema has to be the path/],
    [{ serverVersion: 'newest' }, /: serverVersion has to be a PostgreSQL version such as 16/],
    [{ serverVersion: {} }, /: serverVersion has to be/],
    [{ queue: 5 }, /: queue has to be an object with maxQueued/],
    [{ queue: { maxQueued: 5 } }, /: queue\.reason has to say why/],
    [{ queue: { maxQueued: 5, reason: ' ' } }, /: queue\.reason has to say why/],
    [{ queue: { maxQueued: -1, reason: 'x' } }, /: queue\.maxQueued has to be a whole number/],
    [{ queue: { max: 1, reason: 'x' } }, /: queue\.max is not known/],
    [{ blockers: [] }, /: blockers has to be an object with policies/],
    [{ blockers: { policies: [] } }, /: blockers\.policies has to be a list/],
    [{ blockers: { policy: [] } }, /: blockers\.policy is not known/],
    [{ blockers: { policies: [{}], atMost: 0 } }, /: blockers\.atMost has to be a whole number/],
    [
      blockers({ class: 'idle' }),
      /: blockers\.policies\[0\]\.class has to be one of active-query, idle-in-transaction/,
    ],
    [blockers({ class: 'backup' }), /class has to be one of .+; backup is never ended/],
    [blockers({ action: 'kill' }), /: blockers\.policies\[0\]\.action has to be ask, cancel or terminate/],
    [blockers({ class: 'open-cursor' }), /action has to be ask or terminate: in open-cursor there is no statement/],
    [blockers({ class: 'autovacuum', action: 'terminate' }), /action has to be ask or cancel: a vacuum/],
    [blockers({ after: 60 }), /: blockers\.policies\[0\]\.after has to say how old/],
    [blockers({ after: 'soon' }), /after has to say how old/],
    [blockers({ user: 'ann' }), /: blockers\.policies\[0\]\.user is not known/],
    [blockers({ role: '' }), /: blockers\.policies\[0\]\.role has to be a text/],
    [blockers({ query: '(' }), /: blockers\.policies\[0\]\.query has to be a regular expression, and \( is none/],
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
