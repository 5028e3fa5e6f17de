import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EncodingError, EvenkeelError, SourceError } from '../../src/model/error.ts';
import { readMigrations } from '../../src/source/read-migrations.ts';

const shop = fileURLToPath(new URL('../../examples/shop', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-source-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function journal(tags: readonly string[], dialect = 'postgresql'): void {
  const entries = tags.map((tag, idx) => ({ idx, version: '7', when: 1000 + idx, tag, breakpoints: true }));
  write('meta/_journal.json', JSON.stringify({ version: '7', dialect, entries }));
}

async function failure(paths: readonly string[]): Promise<{ message: string; next: string | null }> {
  const error = await readMigrations(paths).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceError);
  if (!(error instanceof EvenkeelError)) throw error;
  expect(error.exitCode).toBe(2);
  expect(error.message).toMatch(/^[^\n]+\.$/);
  const plain = (text: string): string => text.replaceAll(folder, 'X');
  return { message: plain(error.message), next: error.nextCommand === null ? null : plain(error.nextCommand) };
}

describe('a folder of .sql files', () => {
  it('is read in the order of the numbers, without .down.sql files, folders and other files', async () => {
    for (const name of ['10_c.sql', '2_b.sql', '1_a.sql', '1_a.down.sql', 'README.md', 'old/0_z.sql']) {
      write(name, `-- ${name}`);
    }
    const migrations = await readMigrations([folder]);
    expect(migrations.map(({ id }) => id)).toEqual(['1_a', '2_b', '10_c']);
    expect(migrations[0]).toEqual({
      id: '1_a',
      path: path.join(folder, '1_a.sql'),
      sql: '-- 1_a.sql',
      checksum: createHash('sha256').update('-- 1_a.sql').digest('hex'),
      format: 'sql',
      transaction: 'statement',
      foreignLedgerRow: null,
    });
  });

  it('keeps the order of the paths that were given', async () => {
    const b = write('b.sql', 'SELECT 2');
    const a = write('a.sql', 'SELECT 1');
    expect((await readMigrations([b, a])).map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('strips a byte order mark from the SQL and keeps it in the checksum', async () => {
    const file = write('a.sql', '\uFEFFSELECT 1');
    const [migration] = await readMigrations([file]);
    expect(migration?.sql).toBe('SELECT 1');
    expect(migration?.checksum).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'));
  });
});

describe('a Drizzle folder', () => {
  it('gives what drizzle-orm’s own reader gives', async () => {
    const migrations = await readMigrations([path.join(shop, 'drizzle')]);
    const theirs = readMigrationFiles({ migrationsFolder: path.join(shop, 'drizzle') });
    expect(migrations.map(({ foreignLedgerRow }) => foreignLedgerRow)).toMatchObject(
      theirs.map(({ hash, folderMillis }) => ({ hash, createdAtMs: folderMillis })),
    );
    expect(migrations.map(({ sql }) => sql.split('--> statement-breakpoint'))).toEqual(theirs.map(({ sql }) => sql));
    expect(migrations[0]?.foreignLedgerRow).toMatchObject({
      tool: 'drizzle',
      schema: 'drizzle',
      table: '__drizzle_migrations',
    });
  });

  it('is read in the order of the journal, not of the names', async () => {
    journal(['0001_b', '0000_a']);
    write('0000_a.sql', '');
    write('0001_b.sql', '');
    expect((await readMigrations([folder])).map(({ id }) => id)).toEqual(['0001_b', '0000_a']);
  });

  it('keeps the ledger row of a file that is named alone', async () => {
    const file = path.join(shop, 'drizzle', '0001_order_channel.sql');
    const [alone] = await readMigrations([file]);
    const all = await readMigrations([path.join(shop, 'drizzle')]);
    expect(alone).toEqual(all[1]);
  });
});

describe('bad input', () => {
  it('a path that is not there', async () => {
    expect(await failure([path.join(folder, 'nope')])).toMatchInlineSnapshot(`
      {
        "message": "X/nope cannot be read: it does not exist.",
        "next": "ls X",
      }
    `);
  });

  it('a file that is no SQL', async () => {
    expect(await failure([write('a.txt', '')])).toMatchInlineSnapshot(`
      {
        "message": "X/a.txt is neither a folder nor a file that ends in .sql.",
        "next": "ls X",
      }
    `);
  });

  it('a folder without migrations', async () => {
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X holds no .sql file, no meta/_journal.json of drizzle-kit, no migration_lock.toml of Prisma and no migration of TypeORM.",
        "next": "ls X",
      }
    `);
  });

  it('the folder above the one that was meant', async () => {
    write('drizzle/meta/_journal.json', '{}');
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X holds no .sql file, no meta/_journal.json of drizzle-kit, no migration_lock.toml of Prisma and no migration of TypeORM.",
        "next": "pass X/drizzle instead of X",
      }
    `);
  });

  it('a journal that is not JSON', async () => {
    write('meta/_journal.json', '{"entries": [');
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X/meta/_journal.json is not a journal of drizzle-kit: it is not JSON.",
        "next": "git log -p X/meta/_journal.json",
      }
    `);
  });

  it('a journal without entries', async () => {
    write('meta/_journal.json', '[]');
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X/meta/_journal.json is not a journal of drizzle-kit: it has no list of entries.",
        "next": "git log -p X/meta/_journal.json",
      }
    `);
  });

  it('a journal that names nothing', async () => {
    journal([]);
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X/meta/_journal.json names no migration yet.",
        "next": "npx drizzle-kit generate",
      }
    `);
  });

  it('an entry without a time', async () => {
    write('meta/_journal.json', JSON.stringify({ entries: [{ tag: '0000_a' }] }));
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X/meta/_journal.json is not a journal of drizzle-kit: its entry 0 has no tag or no time.",
        "next": "git log -p X/meta/_journal.json",
      }
    `);
  });

  it('a journal that names a file twice', async () => {
    journal(['0000_a', '0000_a']);
    write('0000_a.sql', '');
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X/meta/_journal.json is not a journal of drizzle-kit: it names 0000_a twice.",
        "next": "git log -p X/meta/_journal.json",
      }
    `);
  });

  it('a journal of another database', async () => {
    journal([], 'mysql');
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X/meta/_journal.json is of a mysql database, and Evenkeel reads PostgreSQL.",
        "next": "pass the folder that drizzle-kit writes for your PostgreSQL database",
      }
    `);
  });

  it('an entry without a file', async () => {
    journal(['0000_a']);
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X/meta/_journal.json names 0000_a, but X/0000_a.sql does not exist.",
        "next": "git log -- X/0000_a.sql",
      }
    `);
  });

  it('a file without an entry', async () => {
    journal(['0000_a']);
    write('0000_a.sql', '');
    const stray = write('0001_b.sql', '');
    expect(await failure([folder])).toMatchInlineSnapshot(`
      {
        "message": "X/0001_b.sql is not named in X/meta/_journal.json, so Drizzle would never run it.",
        "next": "npx drizzle-kit generate --custom, then move the SQL into the file that it makes",
      }
    `);
    expect(await failure([stray])).toEqual(await failure([folder]));
  });

  it('text that is not UTF-8', async () => {
    // A replacement character that the file really holds is none of the trouble.
    const file = write('a.sql', Buffer.concat([Buffer.from("\ufeffSELECT '\ufffd';\r\n  é😀 "), Buffer.from([0xe9])]));
    const error = await readMigrations([file]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EncodingError);
    expect(error).toMatchObject({
      message: `${file} is not valid UTF-8, so its SQL cannot be read without guessing.`,
      nextCommand: `save ${file} as UTF-8, then run the same command again`,
      path: file,
      line: 2,
      column: 7,
    });
  });

  it('two files of one name', async () => {
    const a = write('a/1.sql', '');
    const b = write('b/1.sql', '');
    expect(await failure([a, b])).toMatchInlineSnapshot(`
      {
        "message": "X/a/1.sql and X/b/1.sql have the same name, by which the ledger would remember both.",
        "next": "name each migration once, each by a name of its own",
      }
    `);
    expect(await failure([a, a])).toMatchInlineSnapshot(`
      {
        "message": "X/a/1.sql is given twice.",
        "next": "name each migration once, each by a name of its own",
      }
    `);
  });
});
