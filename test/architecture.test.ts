import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/**
 * Who may import whom. Data flows down the pipeline; stages share data (model), never each other; only the composers
 * (pipeline, api) know several stages. Breaking the table fails here with the sentence of what went where.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  sql: ['model'],
  db: ['model'],
  server: ['model'],
  source: ['model'],
  config: ['model'],
  facts: ['model'],
  lint: ['model'],
  report: ['model', 'write'],
  catalog: ['model', 'db', 'sql'],
  plan: ['model', 'sql'],
  write: ['model'],
  guard: ['model', 'db'],
  backfill: ['model', 'db', 'sql', 'guard'],
  run: ['model', 'db', 'sql', 'guard', 'backfill'],
  watch: ['model', 'db', 'run'],
  pipeline: ['model', 'sql', 'catalog', 'facts', 'lint', 'plan'],
  snapshot: ['model', 'db', 'catalog'],
  trace: ['model', 'db', 'server'],
  prove: ['model', 'db'],
  doctor: ['model', 'db', 'sql', 'run'],
  api: [
    'model',
    'config',
    'source',
    'sql',
    'db',
    'catalog',
    'snapshot',
    'trace',
    'prove',
    'pipeline',
    'write',
    'guard',
    'backfill',
    'run',
    'doctor',
    'watch',
  ],
  index: ['model', 'config', 'db', 'pipeline', 'api'],
  cli: ['model', 'index', 'report'],
};

/** Packages, by the only rooms that may know them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'libpg-query': ['sql'],
  '@babel/parser': ['source'],
  jiti: ['config'],
  pg: ['db'],
  commander: ['cli'],
  picocolors: ['cli', 'report'],
};

/** Rooms that touch neither disk, network nor clock. */
const PURE = ['model', 'sql', 'facts', 'lint', 'plan', 'write', 'report', 'pipeline'];
const PURE_BUILT_INS = new Set(['node:crypto', 'node:util', 'node:buffer', 'node:path']);

interface Import {
  readonly file: string;
  readonly room: string;
  readonly specifier: string;
}

function imports(): readonly Import[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((name) => {
    const file = path.join('src', name);
    const text = readFileSync(file, 'utf8');
    const found = [...text.matchAll(/(?:^|\n)(?:import|export)[^;]*?from '([^']+)'|import\('([^']+)'\)/g)];
    return found.map((match) => ({ file, room: roomOf(file), specifier: match[1] ?? match[2] ?? '' }));
  });
}

function roomOf(file: string): string {
  const [, first = ''] = file.split(path.sep);
  return first.replace(/\.ts$/, '');
}

const ALL = imports();

test('there are imports to look at', () => {
  expect(ALL.length).toBeGreaterThan(300);
});

test('rooms import only the rooms that the table allows', () => {
  const broken = ALL.filter(({ specifier }) => specifier.startsWith('.')).flatMap(({ file, room, specifier }) => {
    const target = roomOf(path.normalize(path.join(path.dirname(file), specifier)));
    const isAllowed = target === room || MAY_IMPORT[room]?.includes(target) === true;
    return isAllowed ? [] : [`${file} imports ${specifier}: ${room} may not know ${target}`];
  });
  expect(broken).toEqual([]);
});

test('a package is known by its own room only', () => {
  const broken = ALL.filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:')).flatMap(
    ({ file, room, specifier }) =>
      PACKAGES[specifier]?.includes(room) === true ? [] : [`${file} imports ${specifier}, which is not for ${room}`],
  );
  expect(broken).toEqual([]);
});

test('pure rooms do no I/O', () => {
  const broken = ALL.filter(
    ({ room, specifier }) => PURE.includes(room) && specifier.startsWith('node:') && !PURE_BUILT_INS.has(specifier),
  ).map(({ file, specifier }) => `${file} imports ${specifier}`);
  expect(broken).toEqual([]);
});
