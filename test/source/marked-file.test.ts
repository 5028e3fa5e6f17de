import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Migration } from '../../src/model/migration.ts';
import { readMarkedFile } from '../../src/source/marked-file.ts';
import { readMigrations } from '../../src/source/read-migrations.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-marked-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(sql: string): Promise<Migration> {
  const file = path.join(folder, '1_a.sql');
  writeFileSync(file, sql);
  return readMarkedFile(file);
}

/** What is left to run, without the spaces that stand for the rest. */
const left = ({ sql }: Migration): string => sql.replaceAll(/\s+/g, ' ').trim();

test('a plain file stays as it is', async () => {
  const sql = '-- rolls up migrations of the year\nSELECT 1;\n-- see migrate:up in the manual\n';
  expect(await read(sql)).toMatchObject({ sql, format: 'sql', transaction: 'statement' });
});

describe('dbmate', () => {
  test('only the up section is left, and every place stays where it is', async () => {
    const sql = '-- migrate:up\nSELECT 1;\r\n  SELECT 2;\n-- migrate:down\nDROP TABLE "größe";\n';
    const migration = await read(sql);
    expect(migration).toMatchObject({ format: 'dbmate', transaction: 'file' });
    expect(migration.sql).toHaveLength(sql.length);
    expect(migration.sql.indexOf('SELECT 2')).toBe(sql.indexOf('SELECT 2'));
    expect(migration.sql.split(/\r\n|\n/)).toHaveLength(sql.split(/\r\n|\n/).length);
    expect(left(migration)).toBe('-- migrate:up SELECT 1; SELECT 2;');
    expect(migration.checksum).toBe(createHash('sha256').update(readFileSync(migration.path)).digest('hex'));
  });

  test('transaction:false sends the section as one message', async () => {
    const migration = await read('-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down transaction:false\n');
    expect(migration).toMatchObject({ transaction: 'statement', isOneMessage: true });
    expect(await read('-- migrate:up\nSELECT 1;\n-- migrate:down transaction:false\n')).toMatchObject({
      transaction: 'file',
    });
  });

  test('comments before the section stay', async () => {
    const migration = await read('-- evenkeel-ignore-file data-loss: unused\n\n-- migrate:up\nSELECT 1;\n');
    expect(left(migration)).toBe('-- evenkeel-ignore-file data-loss: unused -- migrate:up SELECT 1;');
  });
});

describe('goose', () => {
  test('only the up section is left', async () => {
    const migration = await read(
      '-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n\n-- +goose Down\nSELECT 2;\n',
    );
    expect(migration).toMatchObject({ format: 'goose', transaction: 'file' });
    expect(left(migration)).toBe('-- +goose Up -- +goose StatementBegin SELECT 1; -- +goose StatementEnd');
  });

  test('NO TRANSACTION sends statement by statement', async () => {
    const migration = await read('-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 1;\nSELECT 2;\n');
    expect(migration.transaction).toBe('statement');
    expect(migration.isOneMessage).toBeUndefined();
  });

  test('a word more is no marker', async () => {
    expect(await read('-- +goose Up and down\nSELECT 1;')).toMatchObject({ format: 'sql' });
  });
});

describe('node-pg-migrate', () => {
  test.each([
    '-- Up Migration\nSELECT 1;\n\n-- Down Migration\nSELECT 2;\n',
    '-- Down Migration\nSELECT 2;\n-- Up Migration\nSELECT 1;\n',
  ])('%j', async (sql) => {
    const migration = await read(sql);
    expect(migration).toMatchObject({ format: 'node-pg-migrate', transaction: 'run' });
    expect(left(migration).replace('-- Down Migration ', '')).toBe('-- Up Migration SELECT 1;');
    expect(migration.sql).toHaveLength(sql.length);
  });

  test('a comment that only begins like its marker is prose', async () => {
    expect(await read('-- up migration of the year\nSELECT 1;')).toMatchObject({ format: 'sql' });
  });
});

test('files of a folder are told apart one by one', async () => {
  writeFileSync(path.join(folder, '1_a.sql'), '-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;');
  writeFileSync(path.join(folder, '2_b.sql'), 'SELECT 3;');
  expect((await readMigrations([folder])).map(({ id, format }) => [id, format])).toEqual([
    ['1_a', 'dbmate'],
    ['2_b', 'sql'],
  ]);
});
