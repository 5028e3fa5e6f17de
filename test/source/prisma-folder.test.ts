import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SourceError } from '../../src/model/error.ts';
import { readMigrations } from '../../src/source/read-migrations.ts';

let project = '';
let folder = '';
beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'evenkeel-prisma-'));
  folder = path.join(project, 'prisma', 'migrations');
  write('prisma/migrations/migration_lock.toml', '# comment\nprovider = "postgresql"\n');
  write('prisma/migrations/20240102000000_b/migration.sql', 'SELECT 2; SELECT 3;');
  write('prisma/migrations/20240101000000_a/migration.sql', 'SELECT 1;');
  write('prisma/migrations/20240101000000_a/down.sql', 'SELECT 9;');
  write('prisma/migrations/notes/README.md', '');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(name: string, content: string): void {
  const file = path.join(project, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

test('each folder is a migration, by its name and in that order', async () => {
  const migrations = await readMigrations([folder]);
  expect(migrations.map(({ id, sql }) => [id, sql])).toEqual([
    ['20240101000000_a', 'SELECT 1;'],
    ['20240102000000_b', 'SELECT 2; SELECT 3;'],
  ]);
  expect(migrations[0]).toMatchObject({ format: 'prisma', foreignLedgerRow: null });
});

test('a file named alone is the same migration', async () => {
  const [alone] = await readMigrations([path.join(folder, '20240102000000_b', 'migration.sql')]);
  expect(alone).toEqual((await readMigrations([folder]))[1]);
});

describe('what runs in one transaction hangs on the version', () => {
  const transactions = async (): Promise<readonly unknown[]> =>
    (await readMigrations([folder])).map(({ transaction, isOneMessage = false }) => [transaction, isOneMessage]);
  const ONE_MESSAGE = ['statement', true];
  const ONE_BY_ONE = ['statement', false];

  test.each([
    ['6.19.3', ONE_MESSAGE],
    ['7.3.0', ONE_MESSAGE],
    ['7.4.0', ONE_BY_ONE],
    ['7.10.1', ONE_BY_ONE],
    ['8.0.0-rc.19', ['run', false]],
  ])('installed %s', async (version, expected) => {
    write('node_modules/prisma/package.json', JSON.stringify({ version }));
    write('package.json', JSON.stringify({ devDependencies: { prisma: '^5.0.0' } }));
    expect(new Set((await transactions()).map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify(expected)]),
    );
  });

  test.each([
    ['~7.2.0', ONE_MESSAGE],
    ['7.3.1', ONE_MESSAGE],
    ['^6.1.0', ONE_MESSAGE],
    ['^7.2.0', ONE_BY_ONE],
    ['7', ONE_BY_ONE],
    ['latest', ONE_BY_ONE],
  ])('asked for %s', async (range, expected) => {
    write('package.json', JSON.stringify({ dependencies: { '@prisma/client': range } }));
    expect((await transactions())[0]).toEqual(expected);
  });
});

describe('bad input', () => {
  test('a folder of another database', async () => {
    write('prisma/migrations/migration_lock.toml', 'provider = "mysql"');
    const error = await readMigrations([folder]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain('is of a mysql database, and Evenkeel reads PostgreSQL.');
  });

  test('a folder without migrations', async () => {
    rmSync(path.join(folder, '20240101000000_a'), { recursive: true });
    rmSync(path.join(folder, '20240102000000_b'), { recursive: true });
    await expect(readMigrations([folder])).rejects.toThrow('is of Prisma, and holds no migration yet.');
  });
});
