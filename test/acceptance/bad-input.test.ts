import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { evenkeel, startEvenkeel } from './evenkeel-cli.ts';
import { expectRefusal } from './expect-refusal.ts';
import { expectUnreadable } from './expect-unreadable.ts';

/*
 * What people give by mistake, and what they meet: one clear sentence, the next command, the right exit code, and a
 * database that is as it was, or that the next run finishes.
 */

const ORDERS = 'CREATE TABLE public.orders (id bigint PRIMARY KEY, note text);\n';
const ADD_X = 'ALTER TABLE public.orders ADD COLUMN x int;\n';
const ADD_Y = 'ALTER TABLE public.orders ADD COLUMN y int;\n';

let workFolder: string;
const databases: TestDatabase[] = [];
beforeAll(() => {
  workFolder = mkdtempSync(path.join(tmpdir(), 'evenkeel-bad-input-'));
});
afterAll(async () => {
  rmSync(workFolder, { recursive: true, force: true });
  await Promise.all(databases.map((database) => database.drop()));
});

let folders = 0;
function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  folders += 1;
  const folder = path.join(workFolder, `m${folders}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

interface Target {
  readonly url: string;
  readonly client: pg.Client;
}

async function target(sql = '', major = 18): Promise<Target> {
  const database = await createTestDatabase(major);
  databases.push(database);
  const client = await database.client();
  await client.query(sql);
  return { url: database.url, client };
}

const columnsOf = async ({ client }: Target): Promise<unknown> =>
  (
    await client.query(
      `SELECT string_agg(attname, ',' ORDER BY attnum) AS columns FROM pg_attribute
       WHERE attrelid = to_regclass('public.orders') AND attnum > 0 AND NOT attisdropped`,
    )
  ).rows[0]?.columns;

const hasLedger = async ({ client }: Target): Promise<unknown> =>
  (await client.query("SELECT to_regnamespace('evenkeel') IS NOT NULL AS there")).rows[0]?.there;

describe('broken SQL', () => {
  test('file, line, column and what was expected, and nothing applied', async () => {
    const folder = folderOf({
      '0001_a.sql': ORDERS,
      '0002_b.sql': '-- why\nALTER TABLE public.orders\n  ADD COLUMN x int NOT NUL;\n',
    });
    const file = path.join(folder, '0002_b.sql');
    const database = await target();
    const { url } = database;
    const sentence = new RegExp(`^${file}:3:24: syntax error at or near "NUL"; expected NULL instead of NUL\\.`);
    const mend = /^open .+0002_b\.sql:3:24, mend it, and run the same command again$/;
    expectUnreadable(await evenkeel(['check', folder], { url }), sentence, mend);
    for (const words of [
      ['plan', folder],
      ['explain', file],
      ['apply', folder],
      ['plan', folder, '--database-url', url],
    ]) {
      expectRefusal(await evenkeel(words, { url }), 2, sentence, mend);
    }
    expect(await columnsOf(database)).toBeNull();
    expect(await hasLedger(database)).toBe(false);
    writeFileSync(file, ADD_X);
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note,x');
  });

  test('a string without its end is one sentence too, and JSON has the place in fields', async () => {
    const folder = folderOf({ '0001_a.sql': "INSERT INTO t VALUES ('abc);\nSELECT 1;\n" });
    expectUnreadable(await evenkeel(['check', folder]), /0001_a\.sql:1:23: unterminated quoted string/, /^open /);
    const json = await evenkeel(['plan', folder, '--format', 'json']);
    expect(json).toMatchObject({ exitCode: 2, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'sql-syntax', line: 1, column: 23 } });
  });

  test('a command of psql, and a NUL', async () => {
    const psql = folderOf({ '0001_a.sql': '\\c shop\n' });
    expectUnreadable(await evenkeel(['check', psql]), /"\\c" is a command of psql/, /^open /);
    const nul = folderOf({ '0001_a.sql': 'SELECT 1;\0' });
    expectUnreadable(await evenkeel(['check', nul]), /A NUL character/, /^open /);
  });
});

describe('statements that nobody can judge', () => {
  const SQL = `${ADD_X}DO $$ BEGIN EXECUTE format('ALTER TABLE orders ADD %I int', chr(121)); END $$;\n`;

  test('check, explain, plan and apply all say so', async () => {
    const folder = folderOf({ '0001_a.sql': SQL });
    const database = await target(ORDERS);
    const check = await evenkeel(['check', folder, '--database-url', database.url]);
    expect(check).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/0001_a\.sql:2:1 {2}warning {2}[^[]+\[dynamic-sql\]/),
    });
    expect(check.stdout).toMatch(/1 statement could not be judged for certain\./);
    const explain = await evenkeel(['explain', path.join(folder, '0001_a.sql'), '--format', 'json']);
    const [file] = (JSON.parse(explain.stdout) as { files: { statements: object[] }[] }).files;
    expect(file?.statements[1]).toMatchObject({
      kind: 'code-block',
      certainty: 'unknown',
      because: [expect.any(String)],
    });
    const plan = await evenkeel(['plan', folder, '--database-url', database.url]);
    expect(plan.stdout).toMatch(
      /note {2}line 2: What the block runs hangs on conditions or on text that is put together\./,
    );
    const apply = await evenkeel(['apply', folder], { url: database.url });
    expect(apply).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/code-block: .*hangs on conditions or on text/),
    });
    expect(await columnsOf(database)).toBe('id,note,x,y');
  });

  test('what cannot be resumed after a crash is refused before anything is done', async () => {
    const database = await target(ORDERS);
    const folder = folderOf({ '0001_a.sql': ADD_X, '0002_b.sql': 'VACUUM FULL public.orders;' });
    const result = await evenkeel(['apply', folder], { url: database.url });
    expectRefusal(result, 1, /0002_b\.sql:1 cannot run in a transaction/, /^take the statement out of .+0002_b\.sql/);
    expect(await columnsOf(database)).toBe('id,note');
  });

  test('a VACUUM is left to autovacuum, and holds nothing up', async () => {
    const database = await target(ORDERS);
    const folder = folderOf({ '0001_a.sql': 'VACUUM public.orders;', '0002_b.sql': ADD_X });
    expect(await evenkeel(['apply', folder], { url: database.url })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note,x');
    expect(await evenkeel(['apply', folder], { url: database.url })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('COPY without data fails for good, instead of asking to be run again and again', async () => {
    const database = await target(ORDERS);
    const folder = folderOf({ '0001_a.sql': 'COPY public.orders FROM STDIN;' });
    const result = await evenkeel(['apply', folder], { url: database.url });
    expect(result).toMatchObject({
      exitCode: 3,
      stderr: '',
      stdout: expect.stringMatching(/failed: .*\. COPY FROM STDIN needs data/),
    });
    writeFileSync(path.join(folder, '0001_a.sql'), 'INSERT INTO public.orders (id) VALUES (1);');
    expect(await evenkeel(['apply', folder], { url: database.url })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('files and folders', () => {
  test.each([
    [
      'Latin-1',
      { '0001_a.sql': Buffer.from("SELECT 'gr\xfc\xdfe';", 'latin1') },
      /0001_a\.sql is not valid UTF-8/,
      /^save .+ as UTF-8/,
    ],
    [
      'UTF-16',
      { '0001_a.sql': Buffer.from('\ufeffSELECT 1;', 'utf16le') },
      /0001_a\.sql is not valid UTF-8/,
      /^save .+ as UTF-8/,
    ],
  ] as const)('%s', async (_what, files, sentence, next) => {
    const folder = folderOf(files);
    const database = await target();
    expectUnreadable(await evenkeel(['check', folder]), sentence, next);
    for (const command of ['plan', 'apply', 'status']) {
      expectRefusal(await evenkeel([command, folder], { url: database.url }), 2, sentence, next);
    }
    expect(await hasLedger(database)).toBe(false);
  });

  test('an empty folder', async () => {
    const folder = folderOf({});
    const database = await target();
    for (const command of ['check', 'plan', 'apply', 'status']) {
      const result = await evenkeel([command, folder], { url: database.url });
      expectRefusal(
        result,
        2,
        /holds no \.sql file, no meta\/_journal\.json of drizzle-kit, no migration_lock\.toml/,
        /^ls /,
      );
    }
    expect(await hasLedger(database)).toBe(false);
  });

  test('no such folder, and no SQL file', async () => {
    expectRefusal(await evenkeel(['check', 'nosuch']), 2, /^nosuch cannot be read: it does not exist\.$/, /^ls /);
    expectRefusal(
      await evenkeel(['check', 'package.json']),
      2,
      /neither a folder nor a file that ends in \.sql/,
      /^ls /,
    );
  });
});

describe('an applied file', () => {
  const FILES = { '0001_a.sql': ORDERS, '0002_b.sql': ADD_X };

  test('that was edited stops everything until it is as it was', async () => {
    const folder = folderOf(FILES);
    const file = path.join(folder, '0002_b.sql');
    const database = await target();
    const { url } = database;
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0 });
    writeFileSync(file, 'ALTER TABLE public.orders ADD COLUMN other int;\n');
    writeFileSync(path.join(folder, '0003_c.sql'), ADD_Y);
    const next = /^restore .+0002_b\.sql as it was, and put the change into a new migration$/;
    for (const words of [
      ['apply', folder],
      ['check', folder, '--database-url', url],
      ['plan', folder, '--database-url', url],
    ]) {
      expectRefusal(await evenkeel(words, { url }), 1, /0002_b\.sql was edited after it was applied\.$/, next);
    }
    const status = await evenkeel(['status', folder], { url });
    expect(status).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/edited +0002_b/) });
    expect(await columnsOf(database)).toBe('id,note,x');
    writeFileSync(file, ADD_X);
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note,x,y');
  });

  test('that is gone is missed, wherever the folder is seen from', async () => {
    const folder = folderOf({ ...FILES, '0003_c.sql': ADD_Y });
    const file = path.join(folder, '0002_b.sql');
    const database = await target();
    const { url } = database;
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0 });
    renameSync(file, `${file}.old`);
    const next = /^restore .+0002_b\.sql \(it is needed to tell what was done\), then run the same command again$/;
    const sentence = /0002_b\.sql was applied to this database, but the file is gone\.$/;
    expectRefusal(await evenkeel(['apply', folder], { url }), 1, sentence, next);
    expectRefusal(await evenkeel(['apply', '.'], { url, cwd: folder }), 1, sentence, next);
    expect(await evenkeel(['status', folder], { url })).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/missing +0002_b/),
    });
    // One file given alone leaves the others out on purpose.
    expect(await evenkeel(['status', path.join(folder, '0001_a.sql')], { url })).toMatchObject({ exitCode: 0 });
    rmSync(path.join(folder, '0003_c.sql'));
    expectRefusal(await evenkeel(['apply', folder], { url }), 1, sentence, next);
    renameSync(`${file}.old`, file);
    writeFileSync(path.join(folder, '0003_c.sql'), ADD_Y);
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('a table that vanished', () => {
  const FILES = { '0001_a.sql': ADD_X, '0002_b.sql': ADD_Y };

  test('after the plan was saved: the plan is stale, and the next command makes another', async () => {
    const folder = folderOf(FILES);
    const database = await target(ORDERS);
    const { url, client } = database;
    const saved = path.join(workFolder, 'saved-plan.json');
    const plan = await evenkeel(['plan', folder, '--database-url', url, '--format', 'json']);
    writeFileSync(saved, plan.stdout);
    await client.query('DROP TABLE orders');
    const next = new RegExp(`^evenkeel plan ${folder} --database-url "\\$DATABASE_URL" --format json > ${saved}$`);
    expectRefusal(
      await evenkeel(['apply', saved], { url }),
      1,
      /schema of the database has changed since the plan/,
      next,
    );
    for (const words of [
      ['apply', folder],
      ['plan', folder, '--database-url', url],
    ]) {
      expectRefusal(
        await evenkeel(words, { url }),
        1,
        /0001_a\.sql:1 names public\.orders, which does not exist/,
        /^evenkeel status/,
      );
    }
    await client.query(ORDERS);
    expect(await evenkeel(['apply', saved], { url })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note,x,y');
  });

  test('in the middle of the run: it fails with the reason, and goes on once the table is back', async () => {
    const folder = folderOf(FILES);
    const database = await target(ORDERS);
    const { url, client } = database;
    await client.query('BEGIN; SELECT FROM orders');
    const running = startEvenkeel(['apply', folder], { url });
    await running.prints('not asking for the lock yet');
    await client.query('DROP TABLE orders; COMMIT');
    const result = await running.result;
    expect(result).toMatchObject({ exitCode: 3, stderr: '' });
    expect(result.stdout).toMatch(
      /failed: relation "public\.orders" does not exist\. A relation of the plan is gone\. .+ bring it back/,
    );
    expect(result.stdout).toContain(`Next: evenkeel apply ${folder}\n`);
    const status = await evenkeel(['status', folder], { url });
    expect(status).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/failed +0001_a/) });
    await client.query(ORDERS);
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note,x,y');
  });

  test('or the file is mended, as long as none of its steps is done', async () => {
    const folder = folderOf({ '0001_a.sql': ADD_X });
    const database = await target(ORDERS);
    const { url, client } = database;
    const env = { EVENKEEL_FAILPOINT: '0001_a/01-add-column-x/before/strike#1:kill' };
    expect(await evenkeel(['apply', folder], { url, env })).toMatchObject({ signal: 'SIGKILL' });
    await client.query('DROP TABLE orders');
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 3 });
    writeFileSync(path.join(folder, '0001_a.sql'), ORDERS);
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note');
  });
});

describe('two runners', () => {
  test('the second one waits, says for whom, and gives up; status shows the first', { timeout: 90_000 }, async () => {
    const folder = folderOf({ '0001_a.sql': ADD_X });
    const database = await target(ORDERS);
    const { url, client } = database;
    await client.query('BEGIN; SELECT FROM orders');
    const first = startEvenkeel(['apply', folder], { url });
    await first.prints('not asking for the lock yet');
    const second = await evenkeel(['apply', folder], { url });
    expect(second).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/another runner is at work .+ waiting for it/),
    });
    expectRefusal(
      { ...second, stdout: '' },
      3,
      /^Another runner, pid \d+ .+ is at work on this database\.$/,
      /^wait for it to finish, then evenkeel apply /,
    );
    expect(await evenkeel(['status', folder], { url })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/A runner is at work: server process \d+/),
    });
    await client.query('COMMIT');
    expect(await first.result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note,x');
  });

  test('that begin at the same moment on a database without a ledger: one does it, both are content', async () => {
    const folder = folderOf({ '0001_a.sql': ORDERS, '0002_b.sql': ADD_X });
    const database = await target();
    const both = await Promise.all([1, 2].map(() => evenkeel(['apply', folder], { url: database.url })));
    for (const result of both) expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note,x');
    const { rows } = await database.client.query('SELECT count(*)::int AS done FROM evenkeel.step');
    expect(rows).toEqual([{ done: 2 }]);
  });

  test('the owner died waiting: the next one takes over at once', async () => {
    const folder = folderOf({ '0001_a.sql': ADD_X });
    const database = await target(ORDERS);
    const { url, client } = database;
    await client.query('BEGIN; SELECT FROM orders');
    const owner = startEvenkeel(['apply', folder], { url });
    await owner.prints('not asking for the lock yet');
    owner.kill('SIGKILL');
    await owner.result;
    await client.query('COMMIT');
    expect(await evenkeel(['apply', folder], { url })).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await columnsOf(database)).toBe('id,note,x');
  });

  test('the owner died and its statement goes on at the server: the next one ends it and does it again', async () => {
    const folder = folderOf({ '0001_a.sql': 'INSERT INTO public.orders (id) SELECT 1 FROM pg_sleep(300);' });
    // From 14 on the server notices within a second that nobody is there any more, and ends the statement itself.
    const database = await target(ORDERS, 13);
    const { url, client } = database;
    const owner = startEvenkeel(['apply', folder], { url });
    const sleeper = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    while ((await client.query(sleeper)).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    owner.kill('SIGKILL');
    await owner.result;
    const next = startEvenkeel(['apply', folder], { url });
    await next.prints('which a runner that died had left behind');
    while ((await client.query(sleeper)).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    next.kill('SIGINT');
    await client.query(
      `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
    );
    expect(await next.result).toMatchObject({
      exitCode: 3,
      stdout: expect.stringMatching(/The next run goes on from here\./),
    });
    expect((await client.query('SELECT FROM orders')).rows).toEqual([]);
  });
});
