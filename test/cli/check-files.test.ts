import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkMigrations } from '../../src/api/check-migrations.ts';
import { type Ended, runProgram } from './run-program.ts';

/* check in somebody's repository: broken files beside good ones, git, baselines, config files. */

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'evenkeel-check-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.join(home, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(home, name), content);
  }
}

function git(...words: string[]): void {
  const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'init.defaultBranch=main'];
  execFileSync('git', [...identity, ...words], { cwd: home, stdio: 'pipe' });
}

function evenkeel(line: string, folder = '.'): Promise<Ended> {
  return runProgram(line.split(' '), { cwd: path.join(home, folder), env: { NO_COLOR: '1' } });
}

interface CheckJson {
  readonly findings: readonly { readonly rule: string; readonly path: string; readonly severity: string }[];
  readonly suppressed: readonly { readonly rule: string; readonly by: object }[];
  readonly problems: readonly { path: string; line: number; column: number; message: string; nextCommand: string }[];
  readonly summary: Readonly<Record<string, number>>;
}

async function checkJson(line: string, folder = '.'): Promise<CheckJson & { readonly exitCode: number | null }> {
  const ended = await evenkeel(`${line} --format json`, folder);
  expect(ended.stderr).toBe('');
  return { exitCode: ended.exitCode, ...JSON.parse(ended.stdout) };
}

const A = 'CREATE TABLE a (id int PRIMARY KEY, x int, y int);\n';
const DROP_X = 'ALTER TABLE a DROP COLUMN x;\n';
const DROP_Y = 'ALTER TABLE a DROP COLUMN y;\n';

describe('files that cannot be read', () => {
  const BROKEN = {
    'm/02_syntax.sql': '-- é😀\r\nALTER TABLE a\r\n\tADD z int NOT NUL;\r\n',
    'm/03_psql.sql': '\\set ON_ERROR_STOP on\nSELECT 1;\n',
    'm/04_copy.sql': 'COPY a (id) FROM stdin;\n1\n\\.\n',
    'm/05_latin1.sql': Buffer.from("SELECT 1;\nSELECT 'gr\xfc\xdfe';\n", 'latin1'),
    'm/06_utf16.sql': Buffer.from('\ufeffSELECT 1;', 'utf16le'),
    'm/07_binary.sql': Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1, 0x80, 0x81]),
    'm/08_nul.sql': 'SELECT 1;\n\0',
    'm/09_string.sql': "SELECT 1;\n  SELECT 'abc;\n",
    'm/10_dollar.sql': 'DO $a$ BEGIN END $b$;',
    'm/11_comment.sql': 'SELECT 1; /* never closed',
    'm/12_deep.sql': `SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)};`,
    'm/13_newer.sql': 'ALTER TABLE a FROBNICATE x;\n',
  };

  test('are told with their place, and hide no finding of the others', async () => {
    write({ 'm/01_a.sql': A, ...BROKEN, 'm/14_drop.sql': `\ufeff${DROP_X}` });
    const report = await checkJson('check m');
    expect(report.exitCode).toBe(2);
    expect(report.problems.map((one) => `${one.path}:${one.line}:${one.column} ${one.message}`)).toEqual([
      'm/02_syntax.sql:3:16 syntax error at or near "NUL"; expected NULL instead of NUL.',
      'm/03_psql.sql:1:1 "\\set" is a command of psql, not SQL; take the line out.',
      expect.stringMatching(/^m\/04_copy\.sql:2:1 rows for COPY .* stand here, which only psql can send/),
      'm/05_latin1.sql:2:11 m/05_latin1.sql is not valid UTF-8, so its SQL cannot be read without guessing.',
      'm/06_utf16.sql:1:1 m/06_utf16.sql is not valid UTF-8 but UTF-16, so its SQL cannot be read without guessing.',
      'm/07_binary.sql:1:8 m/07_binary.sql is not valid UTF-8 but binary, so its SQL cannot be read without guessing.',
      expect.stringMatching(/^m\/08_nul\.sql:2:1 A NUL character stands in the text/),
      expect.stringMatching(/^m\/09_string\.sql:2:10 unterminated quoted string/),
      expect.stringMatching(/^m\/10_dollar\.sql:1:4 unterminated dollar-quoted string/),
      expect.stringMatching(/^m\/11_comment\.sql:1:11 unterminated \/\* comment/),
      expect.stringMatching(/^m\/12_deep\.sql:1:\d+ the statement is nested too deeply to be read/),
      'm/13_newer.sql:1:15 syntax error at or near "FROBNICATE".',
    ]);
    for (const { nextCommand } of report.problems) expect(nextCommand).toMatch(/run the same command again$/);
    const last = report.findings.filter((one) => one.path === 'm/14_drop.sql').map(({ rule }) => rule);
    expect(last).toEqual(['drop-column', 'data-loss', 'lock-queue']);
    expect(report.summary).toMatchObject({ files: 2, unreadable: 12 });
  });

  test('make what follows doubtful instead of certain', async () => {
    write({
      'm/01_a.sql': A,
      'm/02.sql': 'ALTER TABLE a ADD COLUMN z int NOT NUL;',
      'm/03.sql': 'ALTER TABLE a DROP COLUMN z;',
    });
    const { findings } = await checkJson('check m');
    expect(findings.filter(({ rule }) => rule === 'certain-failure')).toMatchObject([{ severity: 'info' }]);
    write({ 'm/02.sql': 'SELECT 1;' });
    const certain = await checkJson('check m');
    expect(certain.findings.filter(({ rule }) => rule === 'certain-failure')).toMatchObject([{ severity: 'error' }]);
  });

  test('an empty file and a breakpoint of Drizzle are fine', async () => {
    write({ 'm/01_a.sql': A, 'm/02_empty.sql': '', 'm/03_comment.sql': '-- later\n' });
    write({ 'm/04.sql': `ALTER TABLE a ADD z int;--> statement-breakpoint\n${DROP_X}` });
    const { findings, problems, exitCode } = await checkJson('check m');
    expect([exitCode, problems]).toEqual([1, []]);
    expect(findings.map(({ rule, path: file }) => `${file} ${rule}`)).toEqual([
      'm/02_empty.sql empty-file',
      'm/03_comment.sql empty-file',
      'm/04.sql lock-queue',
      'm/04.sql cached-plan-select-star',
      'm/04.sql drop-column',
      'm/04.sql data-loss',
      'm/04.sql lock-queue',
    ]);
  });

  test('ten megabytes are read, in many statements and in one', { timeout: 180_000 }, async () => {
    const rows = Array.from({ length: 200_000 }, (_, row) => `(${row}, 'some words that take room ${row}')`);
    const inserts = rows.slice(0, 40_000).map((row) => `INSERT INTO big VALUES ${row};`);
    write({
      'm/01.sql': `CREATE TABLE big (id int, t text);\n${inserts.join('\n')}\n`,
      'm/02.sql': `INSERT INTO big VALUES\n${rows.join(',\n')};\n`,
      'm/03.sql': `SELECT '${'x'.repeat(10_000_000)}';\n`,
      'm/04.sql': 'ALTER TABLE big DROP COLUMN t;\n',
    });
    const report = await checkJson('check m');
    expect(report.problems).toEqual([]);
    expect(report.summary).toMatchObject({ files: 4, statements: 40_004 });
    expect(report.findings.map(({ rule }) => rule)).toEqual(['drop-column', 'data-loss', 'lock-queue']);
  });
});

describe('--since', () => {
  test('does not tell an old file again whose SQL cannot be told', async () => {
    const code = (name: string, call: string): string => `export class ${name} { async up(q) { await q.${call}; } }\n`;
    write({ 'm/1700000000001-A.js': code('A1700000000001', 'createTable(x)') });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    write({ 'm/1700000000002-B.js': code('B1700000000002', "query('ALTER TABLE a DROP COLUMN x')") });
    expect(await evenkeel('check m')).toMatchObject({ exitCode: 2 });
    const since = await evenkeel('check m --since HEAD');
    expect(since.exitCode).toBe(1);
    expect(since.stdout).toMatch(/m\/1700000000002-B\.js:1:60 {2}warning/);
    expect(since.stdout).not.toContain('1700000000001-A');
    write({ 'm/1700000000001-A.js': code('A1700000000001', 'createTable(y)') });
    const changed = await evenkeel('check m --since HEAD');
    expect(changed.exitCode).toBe(2);
    expect(changed.stdout).toMatch(/m\/1700000000001-A\.js:1:53 {2}unreadable/);
  });

  test('judges what was added or changed, committed or not, and replays the rest', async () => {
    write({ 'db/m/01.sql': A, 'db/m/02.sql': DROP_X });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    git('checkout', '--quiet', '-b', 'work');
    write({ 'db/m/03.sql': 'ALTER TABLE a ADD COLUMN c int;\n' });
    git('add', '.');
    git('commit', '--quiet', '-m', 'two');
    write({ 'db/m/04.sql': DROP_Y });
    const paths = async (line: string, folder?: string): Promise<readonly string[]> => [
      ...new Set((await checkJson(line, folder)).findings.map((one) => one.path)),
    ];
    expect(await paths('check db/m')).toEqual(['db/m/02.sql', 'db/m/03.sql', 'db/m/04.sql']);
    expect(await paths('check db/m --since main')).toEqual(['db/m/03.sql', 'db/m/04.sql']);
    expect(await paths('check m --since HEAD', 'db')).toEqual(['m/04.sql']);
    write({ 'db/m/02.sql': `-- edited\n${DROP_X}` });
    expect(await paths('check m --since HEAD', 'db')).toEqual(['m/02.sql', 'm/04.sql']);
    git('stash', '--quiet', '--', 'db/m/02.sql');
    git('checkout', '--quiet', 'main');
    write({ 'db/m/01.sql': `${A}-- changed on main\n` });
    git('commit', '--quiet', '-am', 'three');
    git('checkout', '--quiet', 'work');
    expect(await paths('check db/m --since main')).toEqual(['db/m/03.sql', 'db/m/04.sql']);
    const text = await evenkeel('check db/m --since main');
    expect(text.stdout).toContain('2 files unchanged since main were replayed, not judged.');
  });

  test('says what is wrong with the repository or the ref', async () => {
    write({ 'm/01.sql': A });
    const outside = await evenkeel('check m --since main');
    expect(outside).toMatchObject({ exitCode: 2, stdout: '' });
    expect(outside.stderr).toMatch(/^error .+ is not in a git repository, .+ since main\.\nNext: leave out --since\n$/);
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '-m', 'one');
    for (const ref of ['nosuch', '--output=x', 'HEAD:m']) {
      const { exitCode, stderr } = await evenkeel(`check m --since=${ref}`);
      expect([exitCode, stderr.split('\n')[0]]).toEqual([
        2,
        `error git does not know ${ref}: it is no branch, tag or commit of this repository.`,
      ]);
    }
  });
});

describe('a baseline', () => {
  test('accepts what is there, and nothing else', async () => {
    write({ 'm/01.sql': A, 'm/02.sql': DROP_X });
    const written = await evenkeel('check m --write-baseline old.json');
    expect(written).toEqual({
      exitCode: 0,
      stdout: '3 findings accepted in old.json.\nNext: evenkeel check --baseline old.json\n',
      stderr: '',
    });
    const first = readFileSync(path.join(home, 'old.json'), 'utf8');
    expect(JSON.parse(first)).toMatchObject({
      version: 1,
      findings: [{ path: 'm/02.sql', rule: 'data-loss' }, {}, {}],
    });
    expect(await checkJson('check m --baseline old.json')).toMatchObject({ exitCode: 0, findings: [] });

    write({ 'm/02.sql': `\n\n-- moved\nSELECT 1;\n   ALTER TABLE a\n DROP COLUMN x;\n`, 'm/03.sql': DROP_Y });
    const report = await checkJson('check m --baseline old.json');
    expect(report.exitCode).toBe(1);
    expect(report.findings.map((one) => one.path)).toEqual(['m/03.sql', 'm/03.sql', 'm/03.sql']);
    expect(report.suppressed).toHaveLength(3);
    expect(report.suppressed[0]?.by).toEqual({ kind: 'baseline', path: 'old.json' });

    await evenkeel('check m --baseline old.json --write-baseline old.json');
    expect(await checkJson('check m --baseline old.json')).toMatchObject({ exitCode: 0 });
    await evenkeel('check m --write-baseline old.json');
    expect(JSON.parse(readFileSync(path.join(home, 'old.json'), 'utf8')).findings).toHaveLength(6);
  });

  test('is the same from every folder of the repository', async () => {
    write({ 'db/m/01.sql': A, 'db/m/02.sql': DROP_X });
    git('init', '--quiet');
    await evenkeel('check db/m --write-baseline old.json');
    expect(await checkJson('check m --baseline ../old.json', 'db')).toMatchObject({ exitCode: 0, findings: [] });
  });

  test('that has grown old says so', async () => {
    write({ 'm/01.sql': A, 'm/02.sql': DROP_X });
    await evenkeel('check m --write-baseline old.json');
    write({ 'm/02.sql': 'SELECT 1;' });
    const { stdout, exitCode } = await evenkeel('check m --baseline old.json');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('3 entries of it are not found any more; --write-baseline old.json writes it anew.');
  });

  test('is not written when a file could not be read', async () => {
    write({ 'm/01.sql': A, 'm/02.sql': 'DROPP;' });
    expect(await evenkeel('check m --write-baseline old.json')).toMatchObject({ exitCode: 2 });
    expect(() => readFileSync(path.join(home, 'old.json'))).toThrow(/ENOENT/);
  });

  test.each([
    ['is missing', null, /cannot be read/],
    ['is no JSON', '{', /it is not JSON/],
    ['is something else', '[]', /it has no list of findings/],
    ['is of a later version', '{"version":2,"findings":[]}', /its version is 2/],
    ['lacks a fingerprint', '{"version":1,"findings":[{}]}', /its entry 0 has no fingerprint/],
  ])('that %s', async (_what, text, sentence) => {
    write({ 'm/01.sql': A, ...(text === null ? {} : { 'old.json': text }) });
    const { exitCode, stdout, stderr } = await evenkeel('check m --baseline old.json');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
  });
});

describe('a config file', () => {
  test('in TypeScript is found from below, and checks and types itself', async () => {
    write({
      'db/m/01.sql': A,
      'db/m/02.sql': DROP_X,
      'evenkeel.config.ts': `import { defineConfig, type UserConfig } from 'evenkeel';
        const level: 'off' = 'off';
        const config: UserConfig = { paths: ['db/m'], serverVersion: '14.2', rules: { 'lock-queue': level, 'data-loss': { tables: { 'public.a': 'info' } } } };
        export default defineConfig(config);`,
    });
    for (const folder of ['.', 'db', 'db/m']) {
      const ended = await evenkeel('check --format json', folder);
      expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
      const report = JSON.parse(ended.stdout);
      expect(report.server).toBe('postgresql 14');
      expect(report.findings.map((one: { rule: string; severity: string }) => `${one.severity} ${one.rule}`)).toEqual([
        'warning drop-column',
        'info data-loss',
      ]);
    }
    const flag = await evenkeel('check db/m --server-version 17 --format json');
    expect(JSON.parse(flag.stdout).server).toBe('postgresql 17');
  });

  test('gives the schema, unless the command line does', async () => {
    write({
      'm/01.sql': DROP_X,
      'schema.sql': A,
      'other.sql': 'CREATE TABLE b (x int);',
      'evenkeel.config.json': '{"schema":"schema.sql"}',
    });
    const context = async (line: string): Promise<unknown> =>
      JSON.parse((await evenkeel(`${line} --format json`)).stdout).context;
    expect(await context('check m')).toBe('schema.sql');
    expect(await context('check m --schema other.sql')).toBe('other.sql');
  });

  test('the schema may be what pg_dump writes', async () => {
    const frame = (word: string): string => `\\${word} Ab3dEf6hIjKlMnOpQrStUvWxYz\r\n`;
    write({
      'm/01.sql': DROP_X,
      'schema.sql': `${frame('restrict')}SET lock_timeout = 0;\n${A}${frame('unrestrict')}`,
    });
    const report = await checkJson('check m --schema schema.sql');
    expect(report.findings.map(({ rule }) => rule)).toEqual(['drop-column', 'data-loss', 'lock-queue']);
  });

  test('in JavaScript', async () => {
    write({
      'm/01.sql': A,
      'evenkeel.config.js': `export default { paths: ['m'], rules: { 'empty-file': 'error' } };`,
    });
    write({ 'm/02.sql': '' });
    expect(await checkJson('check')).toMatchObject({
      exitCode: 1,
      findings: [{ rule: 'empty-file', severity: 'error' }],
    });
  });

  test('that is wrong is told as file, key and what was expected', async () => {
    write({ 'm/01.sql': A, 'evenkeel.config.json': '{"rules":{"lock-queu":"off"}}' });
    for (const line of ['check m', 'explain m/01.sql', 'plan m']) {
      expect(await evenkeel(line)).toEqual({
        exitCode: 2,
        stdout: '',
        stderr:
          'error evenkeel.config.json: rules.lock-queu names no rule; did you mean lock-queue.\nNext: mend evenkeel.config.json, then run the same command again\n',
      });
    }
  });
});

test('programs say the same with options, and are told as clearly', async () => {
  const rules = { 'lock-queu': 'off' } as const;
  await expect(checkMigrations({ paths: ['m'], rules })).rejects.toThrow(
    'the options: rules.lock-queu names no rule; did you mean lock-queue.',
  );
});

describe('rules and recipes', () => {
  test('are listed, and shown one by one', async () => {
    expect((await evenkeel('rules')).stdout).toMatch(/^certain-failure +error +The server refuses/m);
    expect((await evenkeel('rules scan-under-lock')).stdout).toMatch(/Speaks up about\n {2}ALTER TABLE/);
    expect((await evenkeel('recipes key-using-index')).stdout).toMatch(/What evenkeel plan makes of it\n/);
    const json = JSON.parse((await evenkeel('rules --format json')).stdout);
    expect(json.rules[0]).toMatchObject({ id: 'certain-failure', severity: 'error' });
  });

  test('that do not exist', async () => {
    expect(await evenkeel('rules scan-under-lok')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error There is no rule scan-under-lok; did you mean scan-under-lock?\nNext: evenkeel rules scan-under-lock\n',
    });
    expect((await evenkeel('recipes zzz')).stderr).toBe('error There is no recipe zzz.\nNext: evenkeel recipes\n');
  });
});
