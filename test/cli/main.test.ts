import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-main-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the program', () => {
  it('knows its version', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    expect(await runProgram(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each(['drizzle', 'sql'])('checks the shop in the layout %s, whole even through a pipe', async (layout) => {
    const ended = await runProgram(['check', `examples/shop/${layout}`, '--format', 'json']);
    expect(ended).toMatchObject({ exitCode: 1, stderr: '' });
    const report = JSON.parse(ended.stdout);
    expect(report.summary).toMatchObject({ files: 16, statements: 29, unknown: 0 });
    const files = report.findings.map((finding: { path: string }) => path.basename(finding.path, '.sql').slice(0, 4));
    expect(files).toEqual([...files].sort());
    for (const number of ['0002', '0003', '0004', '0005', '0006', '0008', '0009', '0010', '0011', '0014', '0015']) {
      expect(files).toContain(number);
    }
  });

  it('tells where broken SQL is broken, and exits with 2', async () => {
    const file = path.join(folder, '0001_broken.sql');
    writeFileSync(file, 'SELECT 1;\nALTER TABLE orders ADD COLUM x int y;\n');
    const ended = await runProgram(['check', file]);
    expect(ended).toMatchObject({ exitCode: 2, stderr: '' });
    expect(ended.stdout).toContain(`${file}:2:32  unreadable`);
    expect(ended.stdout).toMatch(/^ {2}next {6}open [^\n]+:2:32, mend it, and run the same command again$/m);
  });

  it('says in one sentence that nobody answers, without the password', async () => {
    const url = 'postgresql://me:s3cr3t@127.0.0.1:1/shop';
    const ended = await runProgram(['status'], { env: { DATABASE_URL: url } });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^error [^\n]+\nNext: [^\n]+\n$/);
    expect(ended.stderr).not.toContain('s3cr3t');
  });
});
