import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanReport } from '../../src/model/report.ts';
import type { WrittenFile, WrittenPlan } from '../../src/model/written-plan.ts';
import { fileDiff } from '../../src/report/file-diff.ts';
import { renderReport } from '../../src/report/reporters.ts';
import { savedPlan } from './saved-reports.ts';
import { ownValidator } from './schema-validators.ts';

const STEP = { migration: '0002_x', phase: 'expand', deployBefore: [], deployAfter: [] } as const;
const FILES: readonly WrittenFile[] = [
  {
    path: 'drizzle/0002_x.sql',
    action: 'replace',
    text: 'SELECT 1;\n',
    before: 'SELECT 0;\n',
    step: { ...STEP, id: '01-one' },
  },
  {
    path: 'drizzle/0003_x_two.sql',
    action: 'create',
    text: 'SELECT 2;\n',
    before: null,
    step: { ...STEP, id: '03-two', phase: 'contract', deployBefore: ['Deploy the code.'], deployAfter: ['Go home.'] },
  },
  {
    path: 'drizzle/meta/_journal.json',
    action: 'replace',
    text: '{\n  "a": 2\n}',
    before: '{\n  "a": 1\n}',
    step: null,
  },
  { path: 'drizzle/meta/0003_snapshot.json', action: 'create', text: '{}', before: null, step: null },
];
const WRITTEN: WrittenPlan = {
  isDone: true,
  files: FILES,
  superseded: [],
  notes: ['It is late.'],
  nextCommand: 'evenkeel check drizzle',
};

function reportWith(written: WrittenPlan): PlanReport {
  return { ...savedPlan, notes: [], written };
}

describe('the report of files', () => {
  it('shows the diff, the files in order with their gates, and the next command', () => {
    const { output, exitCode } = renderReport(reportWith(WRITTEN), 'text');
    expect(exitCode).toBe(0);
    expect(output).toMatchInlineSnapshot(`
      "--- a/drizzle/0002_x.sql
      +++ b/drizzle/0002_x.sql
      @@ -1,1 +1,1 @@
      -SELECT 0;
      +SELECT 1;

      --- /dev/null
      +++ b/drizzle/0003_x_two.sql
      @@ -0,0 +1,1 @@
      +SELECT 2;

      --- a/drizzle/meta/_journal.json
      +++ b/drizzle/meta/_journal.json
      @@ -1,3 +1,3 @@
       {
      -  "a": 1
      +  "a": 2
       }
      \\ No newline at end of file

      new file drizzle/meta/0003_snapshot.json

      Written: 2 steps in 2 files.
        changed drizzle/0002_x.sql  expand 01-one
        gate    Deploy the code.
        new     drizzle/0003_x_two.sql  contract 03-two
        gate    Go home.
        changed drizzle/meta/_journal.json
        new     drizzle/meta/0003_snapshot.json

      note  It is late.

      Next: evenkeel check drizzle
      "
    `);
  });

  it('ends with 1 where nothing was written, and says how it will be', () => {
    const written = { ...WRITTEN, isDone: false, nextCommand: 'evenkeel plan drizzle --write --force' };
    const { output, exitCode } = renderReport(reportWith(written), 'text');
    expect(exitCode).toBe(1);
    expect(output).toContain('Not written yet: 2 steps in 2 files.');
    expect(output).toContain('Files would change that are there already. Next: evenkeel plan drizzle --write --force');
  });

  it('says what has to go where the files stand beside the migration', () => {
    const files = FILES.slice(1, 2);
    const written = { ...WRITTEN, files, superseded: ['a/0002_x.sql'], nextCommand: 'rm a/0002_x.sql' };
    expect(renderReport(reportWith(written), 'text').output).toContain(
      'They take the place of a/0002_x.sql, which must not be applied any more. Next: rm a/0002_x.sql',
    );
  });

  it('has the published shape as JSON', () => {
    const value = JSON.parse(renderReport(reportWith(WRITTEN), 'json').output);
    expect(ownValidator('plan')(value)).toEqual([]);
    expect(value.written.files[1]).toEqual({
      path: 'drizzle/0003_x_two.sql',
      action: 'create',
      migration: '0002_x',
      step: '03-two',
      phase: 'contract',
      deployBefore: ['Deploy the code.'],
      deployAfter: ['Go home.'],
    });
    const nothing = { ...WRITTEN, files: [], notes: [], nextCommand: null };
    expect(ownValidator('plan')(JSON.parse(renderReport(reportWith(nothing), 'json').output))).toEqual([]);
  });
});

it('a diff is one that git applies, whatever the texts are', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evenkeel-diff-'));
  const line = fc.constantFrom('a', 'b', '', '-- c', '+d');
  const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.boolean()).map(([lines, isClosed]) => {
    const all = lines.join('\n');
    return isClosed && all !== '' ? `${all}\n` : all;
  });
  try {
    fc.assert(
      fc.property(
        fc.option(text.filter((one) => one !== '')),
        text.filter((one) => one !== ''),
        (before, after) => {
          const file = path.join(folder, 'f.sql');
          if (before === null) rmSync(file, { force: true });
          else writeFileSync(file, before);
          const diff = fileDiff({ path: 'f.sql', before, text: after });
          if (before === after) return expect(diff).toEqual([]);
          writeFileSync(path.join(folder, 'p.diff'), `${diff.join('\n')}\n`);
          execFileSync('git', ['apply', '--whitespace=nowarn', 'p.diff'], {
            cwd: folder,
            env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() },
          });
          expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(after);
        },
      ),
      { numRuns: 60 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
